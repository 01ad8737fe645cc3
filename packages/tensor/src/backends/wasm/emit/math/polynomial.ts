import { f32x4, f64x2, local } from 'wasmati'
import { multiplyAdd, type Code, type OnStack, type Vector } from '../code.ts'

/**
 * Σ coefficients[i] · xⁱ in f32 as even(x²) + x · odd(x²), which waits for half as many multiplications as Horner's rule
 * alone.
 */
export function polynomial(
  code: Code,
  x: Vector,
  coefficients: readonly number[],
  squared = code.keep(f32x4.mul(x, x)),
): OnStack {
  const [even, odd] = [0, 1].map(parity => coefficients.filter((_, i) => i % 2 === parity)) as [number[], number[]]
  const low = code.keep(horner(code, squared, even))
  return multiplyAdd(code, code.keep(horner(code, squared, odd)), x, low)
}

function horner(code: Code, x: Vector, coefficients: readonly number[]): OnStack {
  const last = coefficients.length - 1
  let sum = local.get(code.f32(coefficients[last]!))
  for (let i = last - 1; i >= 0; i--) sum = multiplyAdd(code, sum, x, code.f32(coefficients[i]!))
  return sum
}

/** Σ coefficients[i] · xⁱ in f64, two lanes, by Horner's rule. Never fused: double precision has digits to spare. */
export function polynomial64(code: Code, x: Vector, coefficients: readonly number[]): OnStack {
  const last = coefficients.length - 1
  let sum = local.get(code.f64(coefficients[last]!))
  for (let i = last - 1; i >= 0; i--) sum = f64x2.add(f64x2.mul(sum, x), code.f64(coefficients[i]!))
  return sum
}
