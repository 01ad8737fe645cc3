import { type DType, dtypes, type TypedArray } from '../../dtype.ts'

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** Stored form of the `bf16` nearest to a number, ties to even: the upper half of its `f32`. */
export function bfloat16Bits(value: number): number {
  float[0] = value
  const word = bits[0]!
  // Rounding could carry a NaN's payload over into infinity.
  if (Number.isNaN(value)) return (word >>> 16) | 0x40
  return ((word + 0x7fff + ((word >>> 16) & 1)) >>> 16) & 0xffff
}

export function bfloat16Value(stored: number): number {
  bits[0] = stored << 16
  return float[0]!
}

const smallestNormal = 2 ** -14
const smallestSubnormal = 2 ** -24

/** Stored form of the `f16` (IEEE binary16) nearest to a number, ties to even; 65520 and more is infinity. */
export function float16Bits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (Number.isNaN(size)) return 0x7e00
  if (size >= 65520) return sign | 0x7c00
  // The bit patterns of subnormals count in steps of the smallest one; 1024 steps is the smallest normal number.
  if (size < smallestNormal) return sign | roundHalfToEven(size / smallestSubnormal)
  const exponent = exponentOf(size)
  // A significand that rounds up to 2 carries into the exponent, as it should.
  return sign | (((exponent + 15) << 10) + roundHalfToEven((size / 2 ** exponent - 1) * 1024))
}

export function float16Value(stored: number): number {
  const sign = stored & 0x8000 ? -1 : 1
  const exponent = (stored >>> 10) & 0x1f
  const fraction = stored & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  if (exponent === 0) return sign * fraction * smallestSubnormal
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024)
}

/** The integer nearest to a number, the even one of two that are equally near. */
export function roundHalfToEven(x: number): number {
  const below = Math.floor(x)
  const rest = x - below
  const nearest = rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : Math.ceil(x)
  return nearest === 0 && (x < 0 || Object.is(x, -0)) ? -0 : nearest
}

/** ⌊log2 x⌋ of a normal `f16` size, where `Math.log2` could round up across a power of two. */
function exponentOf(size: number): number {
  float[0] = size
  const exponent = (bits[0]! >>> 23) - 127
  return size < 2 ** exponent ? exponent - 1 : exponent
}

/** The dtypes whose stored elements are bit patterns, which JavaScript does not read as numbers. */
const patternValue: Partial<Record<DType, (bits: number) => number>> = { f16: float16Value, bf16: bfloat16Value }
/** The dtypes that a typed array does not convert to by itself. */
const patternOf: Partial<Record<DType, (x: number) => number>> = {
  f16: float16Bits,
  bf16: bfloat16Bits,
  bool: x => (x !== 0 ? 1 : 0),
}

/**
 * The numbers that the stored bytes of a dtype mean; `f16` and `bf16` as `f32`. May share memory with `bytes`, where
 * that is not shared with threads.
 */
export function toNumbers(bytes: Uint8Array, dtype: DType): TypedArray {
  const { array, bytes: width } = dtypes[dtype]
  const usable = bytes.buffer instanceof ArrayBuffer && bytes.byteOffset % width === 0
  const { buffer, byteOffset } = usable ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice()
  const stored = new array(buffer, byteOffset, bytes.length / width)
  const value = patternValue[dtype]
  return value ? Float32Array.from(stored, value) : stored
}

/** The stored bytes of numbers in a dtype: floats round to the nearest, integers wrap around, bool is whether it is not 0. */
export function fromNumbers(numbers: ArrayLike<number | boolean>, dtype: DType): Uint8Array<ArrayBuffer> {
  const pattern = patternOf[dtype]
  const stored = new dtypes[dtype].array(numbers.length)
  if (pattern === undefined) stored.set(numbers as ArrayLike<number>)
  else for (let i = 0; i < stored.length; i++) stored[i] = pattern(Number(numbers[i]))
  return new Uint8Array(stored.buffer)
}
