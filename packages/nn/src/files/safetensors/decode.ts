import { type DType, DTypeError, type Tensor, tensor } from '@wids/tensor'
import { fromBytes } from '@wids/tensor/graph'
import { FormatError } from '../errors.ts'
import { storedTypes } from './dtypes.ts'
import { type Entry, headerLength, lengthBytes, parseHeader } from './header.ts'

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: Record<string, Tensor>
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Reads safetensors (github.com/huggingface/safetensors) from memory; `readSafetensors` reads a file. U8, I16 and U16
 * become i32; I64 and U64 become i32 and u32 where all values fit.
 *
 * @param name what errors call the source
 * @throws FormatError where the bytes break a rule of the format, or hold what no tensor here can
 * @example
 * const { tensors } = decodeSafetensors(new Uint8Array(await (await fetch(url)).arrayBuffer()))
 * model.loadStateDict(tensors)
 */
export function decodeSafetensors(bytes: Uint8Array, name = 'safetensors'): Safetensors {
  const length = headerLength(bytes.subarray(0, lengthBytes), bytes.length, name)
  const data = bytes.subarray(lengthBytes + length)
  const { metadata, entries } = parseHeader(bytes.subarray(lengthBytes, lengthBytes + length), data.length, name)
  const tensors = [...entries].map(
    ([key, entry]) => [key, tensorOf(key, entry, data.slice(entry.start, entry.end), name)] as const,
  )
  return { tensors: Object.fromEntries(tensors), metadata }
}

/**
 * The tensor of an entry.
 *
 * @param bytes its own, which the tensor keeps
 * @throws FormatError if no tensor can hold it
 */
export function tensorOf(key: string, { type, shape }: Entry, bytes: Uint8Array<ArrayBuffer>, file: string): Tensor {
  const { dtype, widen } = storedTypes[type]!
  if (dtype === undefined)
    throw new FormatError(file, `tensor '${key}' is ${type}, which no dtype here holds; store it as F16 or F32`)
  if (dtype === 'bool' && bytes.some(byte => byte > 1))
    throw new FormatError(file, `tensor '${key}' is BOOL and has bytes other than 0 and 1`)
  try {
    if (widen === undefined) return fromBytes(bytes, shape, dtype)
    return tensor(narrowed(key, widen(bytes.buffer), dtype, type, file), { shape, dtype })
  } catch (cause) {
    if (cause instanceof DTypeError)
      throw new FormatError(file, `tensor '${key}' is ${type}: ${cause.message}`, { cause })
    throw cause
  }
}

const limits: Partial<Record<DType, readonly [low: number, high: number]>> = {
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
}

/** Values in a typed array of the dtype, if they fit. */
function narrowed(
  key: string,
  values: ArrayLike<number | bigint>,
  dtype: DType,
  type: string,
  file: string,
): Int32Array | Uint32Array {
  const [low, high] = limits[dtype]!
  const out = dtype === 'u32' ? new Uint32Array(values.length) : new Int32Array(values.length)
  for (let i = 0; i < out.length; i++) {
    const value = values[i]!
    if (value < low || value > high)
      throw new FormatError(file, `tensor '${key}' is ${type} and holds ${value}, which ${dtype} does not`)
    out[i] = Number(value)
  }
  return out
}
