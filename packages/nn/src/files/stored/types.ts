import type { DType, Shape } from '@wids/tensor'
import { FormatError } from '../errors.ts'

/** An element type of a file. */
export interface StoredType {
  readonly bits: number
  /** The dtype that holds it, if one does. */
  readonly dtype?: DType
  /** Reads elements into numbers that the dtype holds, where their bytes are not its own. */
  readonly widen?: (bytes: ArrayBuffer) => ArrayLike<number | bigint>
}

/** Every type of safetensors, by its name there; those without a dtype have no tensor here that could hold them. */
export const storedTypes: Readonly<Record<string, StoredType>> = {
  F64: { bits: 64, dtype: 'f64' },
  F32: { bits: 32, dtype: 'f32' },
  F16: { bits: 16, dtype: 'f16' },
  BF16: { bits: 16, dtype: 'bf16' },
  I64: { bits: 64, dtype: 'i32', widen: bytes => new BigInt64Array(bytes) },
  U64: { bits: 64, dtype: 'u32', widen: bytes => new BigUint64Array(bytes) },
  I32: { bits: 32, dtype: 'i32' },
  U32: { bits: 32, dtype: 'u32' },
  I16: { bits: 16, dtype: 'i32', widen: bytes => new Int16Array(bytes) },
  U16: { bits: 16, dtype: 'i32', widen: bytes => new Uint16Array(bytes) },
  I8: { bits: 8, dtype: 'i8' },
  U8: { bits: 8, dtype: 'i32', widen: bytes => new Uint8Array(bytes) },
  BOOL: { bits: 8, dtype: 'bool' },
  C64: { bits: 64 },
  F8_E4M3: { bits: 8 },
  F8_E5M2: { bits: 8 },
  F8_E4M3FNUZ: { bits: 8 },
  F8_E5M2FNUZ: { bits: 8 },
  F8_E8M0: { bits: 8 },
  F6_E2M3: { bits: 6 },
  F6_E3M2: { bits: 6 },
  F4: { bits: 4 },
}

/** The type in which each dtype is stored. */
export const typeOf: Readonly<Record<DType, string>> = {
  f64: 'F64',
  f32: 'F32',
  f16: 'F16',
  bf16: 'BF16',
  i32: 'I32',
  u32: 'U32',
  i8: 'I8',
  bool: 'BOOL',
}

/** Bytes of a tensor; undefined where the product is too large for exact numbers or ends within a byte. */
export function bytesOf(shape: Shape, bits: number): number | undefined {
  let total = bits
  for (const n of shape.includes(0) ? [0] : shape) {
    total *= n
    if (!Number.isSafeInteger(total)) return undefined
  }
  return total % 8 === 0 ? total / 8 : undefined
}

/** A list of whole numbers. */
export const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(n => Number.isSafeInteger(n) && n >= 0)

/**
 * The dtype that holds a stored type.
 *
 * @param what whose type it is, for the error
 * @throws FormatError if there is none
 */
export function holderOf(what: string, type: string, file: string): DType {
  const { dtype } = storedTypes[type]!
  if (dtype === undefined)
    throw new FormatError(file, `${what} is ${type}, which no dtype here holds; store it as F16 or F32`)
  return dtype
}
