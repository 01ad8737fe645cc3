import { $, f32x4, i32x4, v128 } from 'wasmati'
import { multiplyAdd, type Code, type OnStack, type Vector } from '../code.ts'
import { ln2High, ln2Low } from './ln2.ts'
import { polynomial } from './polynomial.ts'

/** Added to a float of size below 2²², leaves it rounded to an integer in the low bits of the sum. */
const rounder = 1.5 * 2 ** 23

/** (exp r − 1 − r) / r² on |r| ≤ ½ ln 2, from tools/minimax.py. */
const exponential = [
  0.4999999403953552, 0.16666515171527863, 0.041668083518743515, 0.00836934894323349, 0.0013840398751199245,
]

/** ±x = n · ln 2 ± r with |r| ≤ ½ ln 2: r, and n as an integer in the low bits of `rounded`. */
function reduce(code: Code, x: Vector, sign: 1 | -1): { r: Vector; rounded: Vector } {
  const rounded = code.keep(multiplyAdd(code, x, code.f32(sign * Math.LOG2E), code.f32(rounder)))
  const n = code.keep(f32x4.sub(rounded, code.f32(rounder)))
  const high = code.keep(multiplyAdd(code, n, code.f32(-sign * ln2High), x))
  return { r: code.keep(multiplyAdd(code, n, code.f32(-sign * ln2Low), high)), rounded }
}

/** exp(±r) = 1 ± (r ± r² · (½ ± …)) */
function expOfRest(code: Code, r: Vector, sign: 1 | -1): OnStack {
  const squared = code.keep(f32x4.mul(r, r))
  const signed = exponential.map((c, i) => (i % 2 === 0 ? sign * c : c))
  const change = code.keep(multiplyAdd(code, polynomial(code, r, signed, squared), squared, r))
  return sign === 1 ? f32x4.add(change, code.f32(1)) : f32x4.sub(code.f32(1), change)
}

/** 2ⁿ for −126 ≤ n ≤ 127, 0 for −127 and ∞ for 128, n in the low bits of `rounded`: what lies above them is shifted out. */
const powerOf2 = (code: Code, rounded: Vector): OnStack => i32x4.add(i32x4.shl(rounded, 23), code.i32(0x3f800000))

/** Below this exp rounds to 0. */
const lowest = -104

/** exp x = 2ⁿ · exp r. The power is applied in two halves, since 2ⁿ alone may lie outside of what f32 holds. */
export function exp(code: Code, x: Vector): OnStack {
  // `pmin` and `pmax` keep a NaN that is their first operand.
  const bounded = code.keep(f32x4.pmax(f32x4.pmin(x, code.f32(89)), code.f32(lowest)))
  const { r, rounded } = reduce(code, bounded, 1)
  const n = code.keep(i32x4.sub(rounded, code.lanes(new Int32Array(new Float32Array(4).fill(rounder).buffer))))
  const half = code.keep(i32x4.shr_s(n, 1))
  const rest = code.keep(i32x4.sub(n, half))
  // Masked scores are −∞: multiplying 0 instead of underflowing spares them some hundred cycles each.
  const partial = v128.andnot(expOfRest(code, r, 1), f32x4.lt(x, code.f32(lowest)))
  f32x4.mul(partial, powerOf2(code, half))
  return f32x4.mul($, powerOf2(code, rest))
}

/** exp x where −88 ≤ x ≤ 88, or x is NaN; 0 below −87.7. */
export function expNormal(code: Code, x: Vector): OnStack {
  const { r, rounded } = reduce(code, x, 1)
  return f32x4.mul(expOfRest(code, r, 1), powerOf2(code, rounded))
}

/** a + e⁻ˣ where −89 ≤ x ≤ 87, or x is NaN; ∞ where 2ⁿ is. */
export function addExpOfNegative(code: Code, a: Vector, x: Vector): OnStack {
  const { r, rounded } = reduce(code, x, -1)
  const power = code.keep(powerOf2(code, rounded))
  return multiplyAdd(code, power, code.keep(expOfRest(code, r, -1)), a)
}
