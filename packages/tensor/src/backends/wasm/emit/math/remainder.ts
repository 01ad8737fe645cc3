import { $, br_if, f32x4, f64x2, i32x4, local, loop, v128 } from 'wasmati'
import type { Code, OnStack, Vector } from '../code.ts'
import { inDoubles } from './doubles.ts'

/** The upper 29 bits of a double's significand: a quotient of so few times a divisor of 24 is exact. */
const upperBits = Int32Array.of(0xff000000, -1, 0xff000000, -1)

/** The remainder of |a| by |b| of the size of doubles that hold f32: quotients are taken away until none is left. */
function remainderOfSizes(code: Code, a: Vector, b: Vector): OnStack {
  const rest = code.keep(f64x2.abs(a))
  const divisor = code.keep(f64x2.abs(b))
  const quotient = code.vector()
  loop(null, again => {
    f64x2.trunc(f64x2.div(rest, divisor))
    local.set(quotient, v128.and($, code.lanes(upperBits)))
    const next = code.keep(f64x2.sub(rest, f64x2.mul(quotient, divisor)))
    // The division may have rounded up to an integer.
    local.set(next, f64x2.add(next, v128.and(divisor, f64x2.lt(next, code.f64(0)))))
    local.set(rest, next)
    v128.any_true(v128.and(f64x2.ge(rest, divisor), f64x2.lt(rest, code.f64(Infinity))))
    br_if(again)
  })
  return local.get(rest)
}

/** a − ⌊a / b⌋ · b, exact before its last rounding; it has the sign of b. */
export function remainder(code: Code, a: Vector, b: Vector): OnStack {
  const divided = code.keep(inDoubles(code, [a, b], (x, y) => remainderOfSizes(code, x, y)))
  const unlimited = f32x4.eq(f32x4.abs(b), code.f32(Infinity))
  const whole = code.keep(v128.and(unlimited, f32x4.lt(f32x4.abs(a), code.f32(Infinity))))
  const size = code.keep(v128.bitselect(f32x4.abs(a), divided, whole))
  const signed = code.keep(v128.or(size, v128.and(a, code.i32(0x80000000))))
  const opposite = code.keep(i32x4.shr_s(v128.xor(a, b), 31))
  const wrong = code.keep(v128.andnot(opposite, f32x4.eq(signed, code.f32(0))))
  return v128.bitselect(f32x4.add(signed, b), signed, wrong)
}
