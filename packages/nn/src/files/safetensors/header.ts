import type { Shape } from '@wids/tensor'
import { FormatError } from '../errors.ts'
import { bytesOf, isSizes, storedTypes } from '../stored/types.ts'
import { parseStrictJson } from '../stored/strictJson.ts'

/** Where a tensor lies: bytes start … end of the data, which follows the header. */
export interface Entry {
  readonly type: string
  readonly shape: Shape
  readonly start: number
  readonly end: number
}

export interface Header {
  readonly metadata: Readonly<Record<string, string>>
  readonly entries: ReadonlyMap<string, Entry>
}

/** The header's length comes first, in 8 bytes. */
export const lengthBytes = 8
const longest = 100_000_000

/**
 * The length of the header, checked against the file's before anything of that size is read.
 *
 * @param start the first 8 bytes, or fewer if the file has fewer
 * @throws FormatError
 */
export function headerLength(start: Uint8Array, fileBytes: number, file: string): number {
  if (start.length < lengthBytes)
    throw new FormatError(file, `it has ${fileBytes} bytes, but a safetensors file has at least ${lengthBytes}`)
  const length = new DataView(start.buffer, start.byteOffset, lengthBytes).getBigUint64(0, true)
  if (length > BigInt(longest))
    throw new FormatError(
      file,
      `its header claims ${length} bytes, and ${longest} are allowed; is it a safetensors file?`,
    )
  if (Number(length) > fileBytes - lengthBytes)
    throw new FormatError(
      file,
      `its header claims ${length} bytes, but the file has ${fileBytes}; it is cut off or no safetensors file`,
    )
  return Number(length)
}

/**
 * Reads and checks a header: every tensor has a known type, a shape whose size is that of its bytes, and the bytes of
 * all tensors cover the data without gap or overlap.
 *
 * @throws FormatError that says which tensor is wrong
 */
export function parseHeader(bytes: Uint8Array, dataBytes: number, file: string): Header {
  const fields = objectOf(parseJson(bytes, file), 'the header', file)
  const metadata = '__metadata__' in fields ? metadataOf(fields['__metadata__'], file) : {}
  const named = Object.entries(fields).filter(([name]) => name !== '__metadata__')
  const entries = new Map(named.map(([name, field]) => [name, entryOf(name, field, file)]))
  checkCover(entries, dataBytes, file)
  return { metadata, entries }
}

function parseJson(bytes: Uint8Array, file: string): unknown {
  if (bytes[0] !== 0x7b) throw new FormatError(file, "its header does not start with '{'; is it a safetensors file?")
  try {
    // {"tensor": {"shape": [1]}}
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), 3)
  } catch (cause) {
    throw new FormatError(
      file,
      `its header is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}

function objectOf(value: unknown, what: string, file: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError(file, `${what} is not a JSON object`)
  return value as Record<string, unknown>
}

function metadataOf(value: unknown, file: string): Record<string, string> {
  const fields = objectOf(value, '__metadata__', file)
  for (const [key, text] of Object.entries(fields))
    if (typeof text !== 'string')
      throw new FormatError(file, `__metadata__ holds texts, but '${key}' is ${JSON.stringify(text)}`)
  return fields as Record<string, string>
}

function entryOf(name: string, value: unknown, file: string): Entry {
  const { dtype, shape, data_offsets: offsets } = objectOf(value, `the entry of tensor '${name}'`, file)
  if (typeof dtype !== 'string' || !Object.hasOwn(storedTypes, dtype))
    throw new FormatError(
      file,
      `tensor '${name}' has the unknown dtype ${JSON.stringify(dtype)}; the dtypes are ${Object.keys(storedTypes).join(', ')}`,
    )
  if (!isSizes(shape))
    throw new FormatError(file, `tensor '${name}' has the shape ${JSON.stringify(shape)}; a shape is a list of sizes`)
  if (!isSizes(offsets) || offsets.length !== 2)
    throw new FormatError(
      file,
      `tensor '${name}' has the data_offsets ${JSON.stringify(offsets)}; they are [start, end]`,
    )
  const [start, end] = offsets as [number, number]
  const expected = bytesOf(shape, storedTypes[dtype]!.bits)
  if (end - start !== expected)
    throw new FormatError(
      file,
      `tensor '${name}', ${dtype} [${shape.join(', ')}], needs ${expected ?? 'more bytes than can be counted'}, but its data_offsets hold ${end - start}`,
    )
  return { type: dtype, shape, start, end }
}

function checkCover(entries: ReadonlyMap<string, Entry>, dataBytes: number, file: string): void {
  let covered = 0
  for (const [name, { start, end }] of [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end)) {
    if (start !== covered)
      throw new FormatError(
        file,
        `tensor '${name}' starts at byte ${start} of the data, but the one before ends at ${covered}`,
      )
    covered = end
  }
  if (covered !== dataBytes)
    throw new FormatError(
      file,
      `its tensors take ${covered} bytes, but ${dataBytes} follow the header; ${covered > dataBytes ? 'it is cut off' : 'something was appended'}`,
    )
}
