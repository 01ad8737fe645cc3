import { WidsError } from '@wids/tensor'

/** Browsers, which have no file system, can load what uses it and not call it. */
const fs = () => builtin('node:fs/promises', () => process.getBuiltinModule('node:fs/promises'))
const paths = () => builtin('node:path', () => process.getBuiltinModule('node:path'))

export function builtin<Module>(name: string, get: () => Module | undefined): Module {
  const module = typeof process === 'undefined' || !('getBuiltinModule' in process) ? undefined : get()
  if (module === undefined)
    throw new WidsError(
      `${name} is not here, so files cannot be read or written; use decodeSafetensors and encodeSafetensors`,
    )
  return module
}

/** Bytes that are read in parts: of a file, a `Blob`, a server that knows ranges. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number
  /** Bytes start … end, fewer at the end of the source. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>
}

/** A file that is open until it is closed. */
export interface OpenFile extends ByteSource {
  close(): Promise<void>
}

/** A system reads no more than 2 GiB at a time. */
const longestRead = 2 ** 30

export async function openFile(path: string): Promise<OpenFile> {
  const handle = await fs().open(path, 'r')
  try {
    const { size } = await handle.stat()
    return { size, read: (start, end) => readRange(handle, start, Math.min(end, size)), close: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw error
  }
}

export async function readWhole(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = await openFile(path)
  try {
    return await file.read(0, file.size)
  } finally {
    await file.close()
  }
}

async function readRange(
  handle: Awaited<ReturnType<ReturnType<typeof fs>['open']>>,
  start: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(Math.max(0, end - start))
  let filled = 0
  while (filled < buffer.length) {
    const length = Math.min(buffer.length - filled, longestRead)
    const { bytesRead } = await handle.read(buffer, filled, length, start + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

/**
 * The real path of a file in a folder, links followed.
 *
 * @returns undefined if it lies elsewhere
 */
export async function realPathWithin(folder: string, name: string): Promise<string | undefined> {
  const root = await fs().realpath(folder)
  const path = await fs().realpath(joined(root, name))
  return path.startsWith(root.endsWith(paths().sep) ? root : root + paths().sep) ? path : undefined
}

type Parts = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** Writes a new file and waits until it lies on the disk. */
export async function writeDurably(path: string, parts: Parts): Promise<void> {
  const handle = await fs().open(path, 'wx')
  try {
    for await (const part of parts) await handle.writeFile(part)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Writes a file so that at any moment, power cuts included, the path holds the old or the new one: a temporary file in
 * the same folder is written, synced and renamed, and the folder synced.
 */
export async function writeAtomically(path: string, parts: Parts): Promise<void> {
  const temporary = temporaryName(path)
  try {
    await writeDurably(temporary, parts)
    await fs().rename(temporary, path)
  } catch (error) {
    await fs().rm(temporary, { force: true })
    throw error
  }
  await syncFolder(folderOf(path))
}

/** Makes a folder with files in it, all or nothing, under a name that is free. */
export async function writeFolderAtomically(path: string, files: Readonly<Record<string, Parts>>): Promise<void> {
  const temporary = temporaryName(path)
  beingWritten.add(temporary)
  try {
    await fs().mkdir(temporary, { recursive: true })
    for (const [name, parts] of Object.entries(files)) await writeDurably(joined(temporary, name), parts)
    await syncFolder(temporary)
    await fs().rename(temporary, path)
  } catch (error) {
    await removeFolder(temporary)
    throw error
  } finally {
    beingWritten.delete(temporary)
  }
  await syncFolder(folderOf(path))
}

/**
 * As `writeFolderAtomically`, in the place of a folder that has no other files. For a moment between two renames nothing
 * lies there; a writer that is killed then leaves both whole beside it.
 */
export async function replaceFolder(path: string, files: Readonly<Record<string, Parts>>): Promise<void> {
  const there = await namesIn(path)
  if (!there?.every(name => Object.hasOwn(files, name))) return writeFolderAtomically(path, files)
  const [old, next] = [temporaryName(path), temporaryName(path)]
  await writeFolderAtomically(next, files)
  await fs().rename(path, old)
  try {
    await fs().rename(next, path)
  } catch (error) {
    await fs().rename(old, path)
    await removeFolder(next)
    throw error
  }
  await syncFolder(folderOf(path))
  await removeFolder(old)
}

/** Removes a file, if it is there, and waits until the disk knows. */
export async function removeDurably(path: string): Promise<void> {
  await fs().rm(path, { force: true })
  await syncFolder(folderOf(path))
}

/** Removes a folder so that at any moment its path holds all of it or nothing. */
export async function removeAtomically(path: string): Promise<void> {
  const temporary = temporaryName(path)
  await fs().rename(path, temporary)
  await removeFolder(temporary)
}

/** Removes what writes and removals left in a folder when they were killed. */
export async function removeLeftovers(folder: string): Promise<void> {
  const left = ((await namesIn(folder)) ?? []).filter(name => name.startsWith(temporaryPrefix))
  for (const path of left.map(name => joined(folder, name))) if (!beingWritten.has(path)) await removeFolder(path)
}

/** A rename is durable once its folder is synced; Windows cannot open folders, and needs no such thing. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await fs().open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const temporaryPrefix = '.tmp-'
const temporaryName = (path: string): string =>
  joined(folderOf(path), `${temporaryPrefix}${process.pid}-${crypto.randomUUID()}-${paths().basename(path)}`)
/** Temporary folders that this process is still filling. */
const beingWritten = new Set<string>()

export const folderOf = (path: string): string => paths().dirname(path)
export const joined = (...parts: readonly string[]): string => paths().join(...parts)
export const readText = (path: string): Promise<string> => fs().readFile(path, 'utf8')
const removeFolder = (path: string): Promise<void> => fs().rm(path, { recursive: true, force: true })

/** Names in a folder; undefined if there is no such folder. */
export async function namesIn(path: string): Promise<string[] | undefined> {
  try {
    return await fs().readdir(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The system's code of a failed call, such as 'ENOENT'. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
