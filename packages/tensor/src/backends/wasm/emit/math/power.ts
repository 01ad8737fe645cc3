import { $, f32x4, f64x2, i64x2, v128 } from 'wasmati'
import type { Code, OnStack, Vector } from '../code.ts'
import { inDoubles } from './doubles.ts'
import { polynomial64 } from './polynomial.ts'

/** Both from tools/minimax.py: log2((1 + s) / (1 − s)) / s in powers of s², and 2ᶠ on |f| ≤ ½. */
const logarithm = [
  2.8853900817778495, 0.9617966941142132, 0.5770779421190803, 0.4122092766458099, 0.31990471963334527,
  0.2829139209819321,
]
const power2 = [
  1, 0.6931471805412327, 0.24022650694742634, 0.05550410959228808, 0.009618129558826486, 0.0013333434157438097,
  0.00015403098293352495, 1.531420944161389e-5, 1.3344186214277124e-6,
]
const rounder = 1.5 * 2 ** 52
const words = (low: number, high: number): Int32Array => Int32Array.of(low, high, low, high)
/** The bits of √½ in f64. */
const rootHalf = words(0x667f3bcd, 0x3fe6a09e)
const exponentBits = words(0, 0xfff00000)

/** log2 x of positive, normal doubles: x = 2ᵉ m with √½ ≤ m < √2, and m = (1 + s) / (1 − s). */
function log2(code: Code, x: Vector): Vector {
  const above = code.keep(i64x2.sub(x, code.lanes(rootHalf)))
  const m = code.keep(i64x2.sub(x, v128.and(above, code.lanes(exponentBits))))
  const e = code.keep(f64x2.sub(i64x2.add(i64x2.shr_s(above, 52), code.f64(rounder)), code.f64(rounder)))
  f64x2.sub(m, code.f64(1))
  const s = code.keep(f64x2.div($, f64x2.add(m, code.f64(1))))
  const square = code.keep(f64x2.mul(s, s))
  return code.keep(f64x2.add(f64x2.mul(polynomial64(code, square, logarithm), s), e))
}

/** 2ʸ */
function exp2(code: Code, y: Vector): OnStack {
  // Beyond these the result is 0 or infinite in f32.
  const bounded = code.keep(f64x2.pmax(f64x2.pmin(y, code.f64(200)), code.f64(-200)))
  const rounded = code.keep(f64x2.add(bounded, code.f64(rounder)))
  const f = code.keep(f64x2.sub(bounded, f64x2.sub(rounded, code.f64(rounder))))
  const scale = code.keep(i64x2.add(i64x2.shl(rounded, 52), code.f64(1)))
  return f64x2.mul(polynomial64(code, f, power2), scale)
}

/** |a|ᵇ = 2^(b log2 |a|) */
function powerOfSize(code: Code, a: Vector, b: Vector): OnStack {
  const size = code.keep(f64x2.abs(a))
  const log = log2(code, size)
  v128.bitselect(code.f64(-Infinity), log, f64x2.eq(size, code.f64(0)))
  // Infinite and NaN sizes are their own logarithms.
  const logarithm = code.keep(v128.bitselect(size, $, i64x2.ge_s(size, code.f64(Infinity))))
  return exp2(code, code.keep(f64x2.mul(b, logarithm)))
}

/** As C's pow: a negative base needs an integer exponent, 1 to any power and anything to the power 0 are 1. */
export function power(code: Code, a: Vector, b: Vector): OnStack {
  const size = code.keep(inDoubles(code, [a, b], (low, high) => powerOfSize(code, low, high)))
  const half = code.keep(f32x4.mul(b, code.f32(0.5)))
  const whole = code.keep(f32x4.eq(f32x4.trunc(b), b))
  const odd = code.keep(v128.and(f32x4.ne(f32x4.trunc(half), half), whole))
  const signed = code.keep(v128.xor(size, v128.and(v128.and(a, odd), code.i32(0x80000000))))
  const finite = code.keep(f32x4.lt(f32x4.abs(a), code.f32(Infinity)))
  const defined = code.keep(v128.not(v128.andnot(v128.and(f32x4.lt(a, code.f32(0)), finite), whole)))
  const result = code.keep(v128.or(signed, v128.not(defined)))
  const one = code.keep(v128.or(f32x4.eq(b, code.f32(0)), f32x4.eq(a, code.f32(1))))
  const minusOne = code.keep(v128.and(f32x4.eq(a, code.f32(-1)), f32x4.eq(f32x4.abs(b), code.f32(Infinity))))
  return v128.bitselect(code.f32(1), result, v128.or(one, minusOne))
}
