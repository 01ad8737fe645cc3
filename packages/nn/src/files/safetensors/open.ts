import { ArgumentError, type Shape, type Tensor } from '@wids/tensor'
import { FormatError } from '../errors.ts'
import { type ByteSource, openFile } from '../nodeFiles.ts'
import { tensorOf } from '../stored/tensorOf.ts'
import { holderOf } from '../stored/types.ts'
import { orFormatError } from '../systemErrors.ts'
import { type Entry, type Header, headerLength, lengthBytes, parseHeader } from './header.ts'
import { openShards } from './shards.ts'

/** What a header says of a tensor. */
export interface TensorInfo {
  /** Its type, as safetensors names it: 'F32', 'BF16', … */
  readonly type: string
  /** Its shape. */
  readonly shape: Shape
}

/** Safetensors that are open: what they hold is known, and read when it is asked for. */
export interface SafetensorsReader {
  /** Texts that are stored with the tensors, by name. */
  readonly metadata: Readonly<Record<string, string>>
  /** What tensors there are, by name. */
  readonly tensors: ReadonlyMap<string, TensorInfo>
  /**
   * Reads one tensor.
   *
   * @throws ArgumentError for a name that is not there; FormatError if no dtype here holds it
   */
  read(name: string): Promise<Tensor>
  /**
   * Reads rows start … end of a tensor, [end − start, …], and no other bytes.
   *
   * @throws ArgumentError for a name or rows that are not there; FormatError if no dtype here holds it
   */
  readRows(name: string, start: number, end: number): Promise<Tensor>
  /** Closes the files. Tensors that were read stay. */
  close(): Promise<void>
}

/**
 * Opens safetensors of any size and reads their headers only; in Node a file, or the index of several
 * ('model.safetensors.index.json'), anywhere else what gives ranges of bytes.
 *
 * @throws FormatError if a file is missing or breaks a rule of the format
 * @example
 * const file = await openSafetensors('model.safetensors.index.json')
 * const rows = await file.readRows('wte.weight', 0, 100)   // [100, 768], without reading the rest
 * await file.close()
 *
 * const upload = await openSafetensors({   // a Blob in a browser
 *   size: blob.size,
 *   read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
 * })
 */
export async function openSafetensors(source: string | ByteSource): Promise<SafetensorsReader> {
  if (typeof source !== 'string') return openSource('safetensors', source, async () => {})
  return source.endsWith('.json') ? openShards(source, openOne) : openOne(source)
}

async function openOne(path: string): Promise<SafetensorsReader> {
  const file = await orFormatError(path, () => openFile(path))
  try {
    return await openSource(path, file, () => file.close())
  } catch (error) {
    await file.close()
    throw error
  }
}

async function openSource(name: string, source: ByteSource, close: () => Promise<void>): Promise<SafetensorsReader> {
  const { dataStart, metadata, entries } = await headerOf(name, source)
  const entryOf = (operation: string, key: string): Entry => {
    const entry = entries.get(key)
    if (entry !== undefined) return entry
    throw new ArgumentError(operation, `${name} has no tensor '${key}'; it has ${[...entries.keys()].join(', ')}`)
  }
  const readBetween = async (key: string, { type }: Entry, shape: Shape, start: number, end: number) => {
    holderOf(`tensor '${key}'`, type, name)
    const bytes = await readFully(name, source, dataStart + start, dataStart + end)
    return tensorOf(`tensor '${key}'`, type, shape, bytes, name)
  }
  return {
    metadata,
    tensors: entries,
    read: async key => {
      const entry = entryOf('read', key)
      return readBetween(key, entry, entry.shape, entry.start, entry.end)
    },
    readRows: async (key, from, to) => {
      const entry = entryOf('readRows', key)
      const [rows, ...row] = entry.shape
      if (
        rows === undefined ||
        !(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= rows)
      )
        throw new ArgumentError('readRows', `'${key}' is [${entry.shape.join(', ')}] and has no rows ${from} … ${to}`)
      const rowBytes = rows === 0 ? 0 : (entry.end - entry.start) / rows
      return readBetween(key, entry, [to - from, ...row], entry.start + from * rowBytes, entry.start + to * rowBytes)
    },
    close,
  }
}

async function headerOf(name: string, source: ByteSource): Promise<Header & { readonly dataStart: number }> {
  const first = await orFormatError(name, () => source.read(0, lengthBytes))
  const dataStart = lengthBytes + headerLength(first, source.size, name)
  const text = await readFully(name, source, lengthBytes, dataStart)
  return { dataStart, ...parseHeader(text, source.size - dataStart, name) }
}

async function readFully(
  name: string,
  source: ByteSource,
  start: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await orFormatError(name, () => source.read(start, end))
  if (bytes.length !== end - start) throw new FormatError(name, 'it became shorter while it was read')
  return bytes
}
