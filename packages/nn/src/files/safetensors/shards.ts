import { ArgumentError } from '@wids/tensor'
import { FormatError } from '../errors.ts'
import { folderOf, openFile, realPathWithin } from '../nodeFiles.ts'
import { orFormatError } from '../systemErrors.ts'
import type { SafetensorsReader } from './open.ts'
import { parseStrictJson } from '../stored/strictJson.ts'

const longest = 100_000_000

/**
 * Opens the files that an index names, 'model.safetensors.index.json', as one. Only files in its own folder are opened.
 *
 * @param openOne opens one of them
 * @throws FormatError if the index breaks a rule, or a file lacks what the index promises
 */
export async function openShards(
  index: string,
  openOne: (path: string) => Promise<SafetensorsReader>,
): Promise<SafetensorsReader> {
  const files = await readIndex(index)
  const shards = new Map<string, SafetensorsReader>()
  const close = async (): Promise<void> => {
    for (const shard of shards.values()) await shard.close()
  }
  try {
    for (const file of new Set(files.values())) shards.set(file, await openOne(await shardPath(index, file)))
    return joinShards(index, files, shards, close)
  } catch (error) {
    await close()
    throw error
  }
}

function joinShards(
  index: string,
  files: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, SafetensorsReader>,
  close: () => Promise<void>,
): SafetensorsReader {
  const tensors = [...files].map(([name, file]) => {
    const info = shards.get(file)!.tensors.get(name)
    if (info === undefined)
      throw new FormatError(index, `tensor '${name}' is said to be in ${file}, which has none such`)
    return [name, info] as const
  })
  const shardOf = (operation: string, name: string): SafetensorsReader => {
    const file = files.get(name)
    if (file !== undefined) return shards.get(file)!
    throw new ArgumentError(operation, `${index} has no tensor '${name}'; it has ${[...files.keys()].join(', ')}`)
  }
  return {
    metadata: Object.assign({}, ...[...shards.values()].map(shard => shard.metadata)) as Record<string, string>,
    tensors: new Map(tensors),
    read: async name => shardOf('read', name).read(name),
    readRows: async (name, start, end) => shardOf('readRows', name).readRows(name, start, end),
    close,
  }
}

/** The file of each tensor. */
async function readIndex(path: string): Promise<ReadonlyMap<string, string>> {
  const bytes = await orFormatError(path, async () => {
    const file = await openFile(path)
    try {
      if (file.size > longest)
        throw new FormatError(path, `an index may have ${longest} bytes, and this has ${file.size}`)
      return await file.read(0, file.size)
    } finally {
      await file.close()
    }
  })
  const fields = parseIndex(path, bytes)
  const map = isObject(fields) ? fields['weight_map'] : undefined
  if (!isObject(map)) throw new FormatError(path, 'it has no weight_map; is it the index of safetensors?')
  return new Map(
    Object.entries(map).map(([name, file]) => {
      if (typeof file === 'string') return [name, file]
      throw new FormatError(path, `tensor '${name}' is in ${JSON.stringify(file)}, which is no name of a file`)
    }),
  )
}

function parseIndex(path: string, bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes), 8)
  } catch (cause) {
    throw new FormatError(path, `it is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Where a shard lies.
 *
 * @throws FormatError for names that could mean a file elsewhere, on whatever system they are read, and for links there
 */
async function shardPath(index: string, file: string): Promise<string> {
  const parts = file.split('/')
  const leaves = parts.some(part => part === '' || part === '.' || part === '..')
  if (leaves || file.includes('\\') || file.includes('\0') || file.includes(':'))
    throw new FormatError(index, `the file ${JSON.stringify(file)} of its weight_map may lie outside of its folder`)
  const path = await orFormatError(`${index}: ${file}`, () => realPathWithin(folderOf(index), file))
  if (path === undefined) throw new FormatError(index, `${file} is a link to a file outside of its folder`)
  return path
}
