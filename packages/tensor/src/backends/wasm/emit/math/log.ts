import { $, f32x4, i32x4, v128 } from 'wasmati'
import { multiplyAdd, type Code, type OnStack, type Vector } from '../code.ts'
import { ln2High, ln2Low } from './ln2.ts'
import { polynomial } from './polynomial.ts'

/** (log(1 + f) − f + f²/2) / f³ on √½ ≤ 1 + f ≤ √2, from tools/minimax.py. */
const logarithm = [
  0.3333331346511841, -0.2500016689300537, 0.20002222061157227, -0.1665937304496765, 0.1420963853597641,
  -0.12549568712711334, 0.12104368209838867, -0.10781444609165192, 0.05037406459450722,
]
/** The bits of √½. */
const rootHalf = 0x3f3504f3

/** x = 2ᵉ (1 + f): log x = e ln 2 + f − f²/2 + f³ · polynomial(f). */
export function log(code: Code, x: Vector): OnStack {
  const tiny = code.keep(f32x4.lt(x, code.f32(2 ** -126)))
  const normal = code.keep(v128.bitselect(f32x4.mul(x, code.f32(2 ** 23)), x, tiny))
  const above = code.keep(i32x4.sub(normal, code.i32(rootHalf)))
  const exponent = code.keep(v128.and(above, code.i32(0xff800000)))
  const f = code.keep(f32x4.sub(i32x4.sub(normal, exponent), code.f32(1)))
  const e = code.keep(f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_s(exponent, 23), v128.and(tiny, code.i32(23)))))
  const square = code.keep(f32x4.mul(f, f))
  const cube = code.keep(f32x4.mul(f, square))
  const low = code.keep(f32x4.mul(e, code.f32(ln2Low)))
  const tail = code.keep(multiplyAdd(code, polynomial(code, f, logarithm), cube, low))
  const rest = code.keep(multiplyAdd(code, square, code.f32(-0.5), tail))
  const sum = code.keep(multiplyAdd(code, e, code.f32(ln2High), code.keep(f32x4.add(rest, f))))
  return atEdges(code, x, sum)
}

/** −∞ at 0, NaN below, ∞ and NaN as they are; `sum` elsewhere. */
function atEdges(code: Code, x: Vector, sum: Vector): OnStack {
  const special = code.keep(v128.or(x, f32x4.lt(x, code.f32(0))))
  v128.bitselect(code.f32(-Infinity), special, f32x4.eq(x, code.f32(0)))
  const positive = code.keep(i32x4.lt_u(i32x4.sub(x, code.i32(1)), code.i32(0x7f7fffff)))
  return v128.bitselect(sum, $, positive)
}
