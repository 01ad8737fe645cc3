import { f32x4 } from 'wasmati'
import type { Code, OnStack, Vector } from '../code.ts'
import { addExpOfNegative } from './exp.ts'

/** σ(x) = 1 / (1 + e⁻ˣ); where that would not be a normal number, it may be 0. */
export function sigmoid(code: Code, x: Vector): OnStack {
  // `pmin` and `pmax` keep a NaN that is their first operand.
  const bounded = code.keep(f32x4.pmax(f32x4.pmin(x, code.f32(87)), code.f32(-89)))
  const sum = code.keep(addExpOfNegative(code, code.f32(1), bounded))
  return f32x4.div(code.f32(1), sum)
}
