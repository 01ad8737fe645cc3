import { DTypeError, printed } from './errors.ts'

/** The element types: computed (`f32 i32 u32 bool`, `f64` on the reference device) and stored (`f16 bf16 i8`, computed in f32). */
export type DType = 'f64' | 'f32' | 'f16' | 'bf16' | 'i32' | 'u32' | 'i8' | 'bool'

/** Typed arrays in which values of any dtype travel between JavaScript and a device. */
export type TypedArray = Float64Array | Float32Array | Uint16Array | Int32Array | Uint32Array | Int8Array | Uint8Array

type Kind = 'bool' | 'integer' | 'float'

/** What a dtype is: bytes an element, its kind, and its place in the promotion order within that kind. */
interface DTypeInfo {
  readonly bytes: number
  readonly kind: Kind
  readonly rank: number
  /** The typed array whose bytes are the stored form. */
  readonly array: TypedArrayConstructor
  /** The dtype that kernels compute in. */
  readonly compute: 'f64' | 'f32' | 'i32' | 'u32' | 'bool'
}

type TypedArrayConstructor =
  | Float64ArrayConstructor
  | Float32ArrayConstructor
  | Uint16ArrayConstructor
  | Int32ArrayConstructor
  | Uint32ArrayConstructor
  | Int8ArrayConstructor
  | Uint8ArrayConstructor

/**
 * What is known of each dtype: bytes of an element, kind, order of promotion, array, and the dtype of its arithmetic.
 *
 * @example
 * dtypes.bf16.bytes   // 2
 */
export const dtypes: Readonly<Record<DType, DTypeInfo>> = {
  f64: { bytes: 8, kind: 'float', rank: 8, array: Float64Array, compute: 'f64' },
  f32: { bytes: 4, kind: 'float', rank: 7, array: Float32Array, compute: 'f32' },
  f16: { bytes: 2, kind: 'float', rank: 5, array: Uint16Array, compute: 'f32' },
  bf16: { bytes: 2, kind: 'float', rank: 6, array: Uint16Array, compute: 'f32' },
  u32: { bytes: 4, kind: 'integer', rank: 4, array: Uint32Array, compute: 'u32' },
  i32: { bytes: 4, kind: 'integer', rank: 3, array: Int32Array, compute: 'i32' },
  i8: { bytes: 1, kind: 'integer', rank: 2, array: Int8Array, compute: 'i32' },
  bool: { bytes: 1, kind: 'bool', rank: 1, array: Uint8Array, compute: 'bool' },
}

/** Checks that a user's dtype exists. */
export function checkDType(operation: string, dtype: DType): void {
  if (!Object.hasOwn(dtypes, dtype))
    throw new DTypeError(
      operation,
      `there is no dtype ${printed(dtype)}; the dtypes are ${Object.keys(dtypes).join(', ')}`,
    )
}

/**
 * Whether values of the dtype are real numbers, of which gradients exist (`torch.is_floating_point`).
 *
 * @example
 * isFloat('bf16')   // true
 */
export const isFloat = (dtype: DType): boolean => dtypes[dtype].kind === 'float'

/**
 * The dtype in which two operands meet, after PyTorch's `torch.promote_types`: float over integer over bool, the
 * wider of two of a kind; `f16` with `bf16` gives `f32`.
 *
 * @example
 * promote('i32', 'f16')   // 'f16'
 */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a
  if ((a === 'f16' && b === 'bf16') || (a === 'bf16' && b === 'f16')) return 'f32'
  return dtypes[a].rank >= dtypes[b].rank ? a : b
}
