import { $, br_if, f64x2, i32x4, local, loop, v128 } from 'wasmati'
import type { Code, OnStack, Vector } from '../code.ts'
import { joinLower, upper } from './doubles.ts'

type ToDoubles = (x: OnStack | Vector) => OnStack
type FromDoubles = (x: OnStack) => OnStack

/** Truncated quotients by way of f64, which holds them exactly; nothing traps. */
function quotientsBy(toDoubles: ToDoubles, fromDoubles: FromDoubles) {
  return (code: Code, a: Vector, b: Vector): Vector => {
    f64x2.div(toDoubles(a), toDoubles(b))
    const low = code.keep(fromDoubles($))
    f64x2.div(toDoubles(upper(a)), toDoubles(upper(b)))
    const high = code.keep(fromDoubles($))
    const quotient = code.keep(joinLower(low, high))
    return code.keep(v128.andnot(quotient, i32x4.eq(b, code.i32(0))))
  }
}

const signedQuotients = quotientsBy(
  x => f64x2.convert_low_i32x4_s(x),
  x => i32x4.trunc_sat_f64x2_s_zero(x),
)
const unsignedQuotients = quotientsBy(
  x => f64x2.convert_low_i32x4_u(x),
  x => i32x4.trunc_sat_f64x2_u_zero(x),
)

/** a / b truncated, 0 where b = 0; −2³¹ / −1 wraps around. */
export function quotient(code: Code, a: Vector, b: Vector): OnStack {
  const whole = signedQuotients(code, a, b)
  return v128.bitselect(i32x4.neg(a), whole, i32x4.eq(b, code.i32(-1)))
}

export const unsignedQuotient = (code: Code, a: Vector, b: Vector): OnStack => local.get(unsignedQuotients(code, a, b))

/** a − ⌊a / b⌋ · b, 0 where b = 0. */
export function integerRemainder(code: Code, a: Vector, b: Vector): OnStack {
  const whole = code.keep(quotient(code, a, b))
  const rest = code.keep(i32x4.sub(a, i32x4.mul(whole, b)))
  const opposite = i32x4.shr_s(v128.xor(rest, b), 31)
  const wrong = code.keep(v128.andnot(opposite, i32x4.eq(rest, code.i32(0))))
  const result = code.keep(i32x4.add(rest, v128.and(b, wrong)))
  return v128.andnot(result, i32x4.eq(b, code.i32(0)))
}

export function unsignedRemainder(code: Code, a: Vector, b: Vector): OnStack {
  const whole = unsignedQuotients(code, a, b)
  const rest = code.keep(i32x4.sub(a, i32x4.mul(whole, b)))
  return v128.andnot(rest, i32x4.eq(b, code.i32(0)))
}

/** aᵇ modulo 2³², by squaring; b counts as unsigned. */
export function unsignedPower(code: Code, a: Vector, b: Vector): OnStack {
  const square = code.keep(a)
  const left = code.keep(b)
  const result = code.keep(code.i32(1))
  loop(null, again => {
    const odd = code.keep(i32x4.eq(v128.and(left, code.i32(1)), code.i32(1)))
    local.set(result, v128.bitselect(i32x4.mul(result, square), result, odd))
    local.set(square, i32x4.mul(square, square))
    local.set(left, i32x4.shr_u(left, 1))
    v128.any_true(left)
    br_if(again)
  })
  return local.get(result)
}

/** aᵇ modulo 2³²; for b < 0 the reciprocal, truncated: 1 and −1 stay, anything else gives 0. */
export function integerPower(code: Code, a: Vector, b: Vector): OnStack {
  const positive = code.keep(unsignedPower(code, a, b))
  const sizeOne = code.keep(v128.or(i32x4.eq(a, code.i32(1)), i32x4.eq(a, code.i32(-1))))
  const negative = code.keep(i32x4.shr_s(b, 31))
  return v128.andnot(positive, v128.andnot(negative, sizeOne))
}

/** Shifts of every lane by its own distance, of which the lower five bits count, as in JavaScript. */
export function shifted(code: Code, a: Vector, by: Vector, shift: (x: Vector, by: number) => OnStack): OnStack {
  const result = code.keep(a)
  for (const bit of [1, 2, 4, 8, 16]) {
    const wanted = code.keep(i32x4.eq(v128.and(by, code.i32(bit)), code.i32(bit)))
    const moved = code.keep(shift(result, bit))
    local.set(result, v128.bitselect(moved, result, wanted))
  }
  return local.get(result)
}
