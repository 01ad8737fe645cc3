import { $, f32x4, v128 } from 'wasmati'
import { multiplyAdd, type Code, type OnStack, type Vector } from '../code.ts'
import { expNormal } from './exp.ts'
import { polynomial } from './polynomial.ts'
import { copySign } from './sign.ts'

/** Where one formula takes over from the other. */
const border = 0.927734375
/** Both polynomials: Norbert Juffa, "erff", stackoverflow.com/questions/35148198 (2016). erf x = x + x · near(x²) … */
const near = [1.28379166e-1, -3.76125336e-1, 1.12819925e-1, -2.67681349e-2, 4.99119423e-3, -5.96761703e-4]
/** … and erf |x| = 1 − exp(|x| · far(|x|) − |x|). */
const far = [
  -1.28717512e-1, -6.34846687e-1, -1.06777877e-1, 2.42546219e-2, -3.88396438e-3, 3.83197126e-4, -1.7285347e-5,
]

export function erf(code: Code, x: Vector): OnStack {
  const square = code.keep(f32x4.mul(x, x))
  const small = code.keep(multiplyAdd(code, polynomial(code, square, near), x, x))
  // From 3.92 on erf rounds to 1.
  const size = code.keep(f32x4.pmin(f32x4.abs(x), code.f32(4)))
  const exponent = code.keep(f32x4.sub(f32x4.mul(polynomial(code, size, far), size), size))
  const large = code.keep(f32x4.sub(code.f32(1), expNormal(code, exponent)))
  copySign(code, large, x)
  return v128.bitselect($, small, f32x4.gt(size, code.f32(border)))
}
