import { $, call, f64x2, i64x2, if_, local, v128 } from 'wasmati'
import type { Code, OnStack, Vector } from '../code.ts'
import { inDoubles } from './doubles.ts'
import { polynomial64 } from './polynomial.ts'
import { wrapAngle } from './wrapAngle.ts'

/** Added to a double of size below 2⁵⁰, leaves it rounded to an integer in the low bits of the sum. */
const rounder = 1.5 * 2 ** 52
/**
 * π/2 in parts of 26 bits, so that their products with integers below 2²⁷ are exact, and a rest. None is negative, which
 * keeps the sign of −0.
 */
const halfPi = [1.5707963109016418, 1.5893254712295857e-8, 6.123233932053594e-17, 6.36831716351095e-25]
/** (sin r − r) / r³ and (cos r − 1) / r² in powers of r², |r| ≤ π/4, from tools/minimax.py. */
const sines = [-0.1666666664162698, 0.008333329385942993, -0.00019839334853585547, 2.718311663087291e-6]
const cosines = [-0.4999999972510803, 0.04166662332432322, -0.0013886763793756706, 2.4390450650417392e-5]

/** Angles so large that the reduction would not be exact, brought closer. */
function wrapped(code: Code, angle: Vector): Vector {
  const x = code.keep(angle)
  v128.any_true(f64x2.gt(f64x2.abs(x), code.f64(2 ** 26)))
  if_(null, () => {
    for (const lane of [0, 1]) {
      const near = call(wrapAngle, [f64x2.extract_lane(lane, x)])
      local.set(x, f64x2.replace_lane(lane, x, near))
    }
  })
  return x
}

/**
 * sin(x + quarters · π/2), by Cody and Waite's reduction x = n π/2 + r and the quadrant n mod 4; in f64, which leaves
 * nothing to round but the result.
 */
function sineOf(code: Code, angle: Vector, quarters: number): OnStack {
  const x = wrapped(code, angle)
  const rounded = code.keep(f64x2.add(f64x2.mul(x, code.f64(2 / Math.PI)), code.f64(rounder)))
  const n = code.keep(f64x2.sub(rounded, code.f64(rounder)))
  let r = x
  for (const part of halfPi) r = code.keep(f64x2.sub(r, f64x2.mul(n, code.f64(part))))
  const square = code.keep(f64x2.mul(r, r))
  const sin = code.keep(f64x2.mul(f64x2.add(f64x2.mul(polynomial64(code, square, sines), square), code.f64(1)), r))
  const cos = code.keep(f64x2.add(f64x2.mul(polynomial64(code, square, cosines), square), code.f64(1)))
  const quadrant = code.keep(i64x2.add(rounded, code.lanes(Int32Array.of(quarters, 0, quarters, 0))))
  const odd = code.keep(i64x2.shr_s(i64x2.shl(quadrant, 63), 63))
  const negative = code.keep(v128.and(i64x2.shl(quadrant, 62), code.f64(-0)))
  v128.bitselect(cos, sin, odd)
  return v128.xor($, negative)
}

export const sin = (code: Code, x: Vector): OnStack => inDoubles(code, [x], half => sineOf(code, half, 0))
export const cos = (code: Code, x: Vector): OnStack => inDoubles(code, [x], half => sineOf(code, half, 1))
