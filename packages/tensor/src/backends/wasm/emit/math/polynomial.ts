import { f64x2, local } from 'wasmati'
import { multiplyAdd, type Code, type OnStack, type Vector } from '../code.ts'

/** Σ coefficients[i] · xⁱ in f32, by Horner's rule. */
export function polynomial(code: Code, x: Vector, coefficients: readonly number[]): OnStack {
  const last = coefficients.length - 1
  let sum = local.get(code.f32(coefficients[last]!))
  for (let i = last - 1; i >= 0; i--) sum = multiplyAdd(code, sum, x, code.f32(coefficients[i]!))
  return sum
}

/** The same in f64, two lanes. Never fused: double precision has digits to spare. */
export function polynomial64(code: Code, x: Vector, coefficients: readonly number[]): OnStack {
  const last = coefficients.length - 1
  let sum = local.get(code.f64(coefficients[last]!))
  for (let i = last - 1; i >= 0; i--) sum = f64x2.add(f64x2.mul(sum, x), code.f64(coefficients[i]!))
  return sum
}
