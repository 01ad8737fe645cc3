import { type DType, DTypeError, type Shape, type Tensor, tensor } from '@wids/tensor'
import { fromBytes } from '@wids/tensor/graph'
import { FormatError } from '../errors.ts'
import { holderOf, storedTypes } from './types.ts'

/**
 * The tensor of stored bytes.
 *
 * @param what it is, for errors, such as "tensor 'weight'"
 * @param bytes its own, which the tensor keeps
 * @throws FormatError if no tensor can hold it
 */
export function tensorOf(
  what: string,
  type: string,
  shape: Shape,
  bytes: Uint8Array<ArrayBuffer>,
  file: string,
): Tensor {
  const dtype = holderOf(what, type, file)
  const { widen } = storedTypes[type]!
  if (dtype === 'bool' && bytes.some(byte => byte > 1))
    throw new FormatError(file, `${what} is BOOL and has bytes other than 0 and 1`)
  try {
    if (widen === undefined) return fromBytes(bytes, shape, dtype)
    return tensor(narrowed(what, widen(bytes.buffer), dtype, type, file), { shape, dtype })
  } catch (cause) {
    if (cause instanceof DTypeError) throw new FormatError(file, `${what} is ${type}: ${cause.message}`, { cause })
    throw cause
  }
}

const limits: Partial<Record<DType, readonly [low: number, high: number]>> = {
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
}

/** Values in a typed array of the dtype, if they fit. */
function narrowed(
  what: string,
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
      throw new FormatError(file, `${what} is ${type} and holds ${value}, which ${dtype} does not`)
    out[i] = Number(value)
  }
  return out
}
