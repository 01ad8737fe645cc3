import { $, f32x4, v128 } from 'wasmati'
import { multiplyAdd, type Code, type OnStack, type Vector } from '../code.ts'
import { expNormal } from './exp.ts'
import { polynomial } from './polynomial.ts'
import { copySign } from './sign.ts'

/** Where one formula takes over from the other. */
const border = 0.6
/** (tanh x − x) / x³ in powers of x², |x| ≤ 0.6, from tools/minimax.py. */
const near = [
  -0.33333298563957214, 0.13331936299800873, -0.05378471687436104, 0.02079862542450428, -0.005897966679185629,
]

/** tanh x = x + x³ · near(x²), and 1 − 2 / (exp 2x + 1) further from 0, where that does not cancel. */
export function tanh(code: Code, x: Vector): OnStack {
  const square = code.keep(f32x4.mul(x, x))
  const cube = code.keep(f32x4.mul(x, square))
  const small = code.keep(multiplyAdd(code, polynomial(code, square, near), cube, x))
  // From 9.02 on tanh rounds to 1.
  const size = code.keep(f32x4.pmin(f32x4.abs(x), code.f32(9.5)))
  f32x4.add(expNormal(code, code.keep(f32x4.add(size, size))), code.f32(1))
  const fraction = code.keep(f32x4.div(code.f32(2), $))
  v128.bitselect(f32x4.sub(code.f32(1), fraction), small, f32x4.gt(size, code.f32(border)))
  return copySign(code, $, x)
}
