import type { DType } from '../../dtype.ts'
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from './floats.ts'

/**
 * Brings the exact result of an operation into its dtype: floats round to nearest even (the 16-bit ones are computed in
 * `f32`, so they round twice), integers wrap around, bool is whether it is not 0.
 */
export const roundTo: Readonly<Record<DType, (x: number) => number>> = {
  f64: x => x,
  f32: Math.fround,
  f16: x => float16Value(float16Bits(Math.fround(x))),
  bf16: x => bfloat16Value(bfloat16Bits(Math.fround(x))),
  i32: x => x | 0,
  u32: x => x >>> 0,
  i8: x => (x << 24) >> 24,
  bool: x => (x !== 0 ? 1 : 0),
}

/** The product as later rounding needs it: two integers of 32 bits can exceed what a double holds exactly. */
export const multiply: Readonly<Record<DType, (a: number, b: number) => number>> = {
  f64: (a, b) => a * b,
  f32: (a, b) => a * b,
  f16: (a, b) => a * b,
  bf16: (a, b) => a * b,
  i32: Math.imul,
  u32: (a, b) => Math.imul(a, b) >>> 0,
  i8: Math.imul,
  bool: (a, b) => a * b,
}
