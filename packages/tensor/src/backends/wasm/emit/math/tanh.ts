import { f32x4, v128 } from 'wasmati'
import { multiplyAdd, type Code, type OnStack, type Vector } from '../code.ts'
import { expParts } from './exp.ts'
import { copySign } from './sign.ts'

/**
 * With e = exp 2|x| = s (1 + p) is tanh |x| = (s p + (s − 1)) / (s p + (s + 1)), where nothing cancels for small x, as s = 1
 * there. For larger x it is 1 − 2 / (e + 1), which rounds less.
 */
export function tanh(code: Code, x: Vector): OnStack {
  // From 9.02 on tanh rounds to 1.
  const size = code.keep(f32x4.pmin(f32x4.abs(x), code.f32(9.5)))
  const { scale, part } = expParts(code, code.keep(f32x4.add(size, size)))
  const large = code.keep(f32x4.gt(size, code.f32(1)))
  const below = code.keep(multiplyAdd(code, scale, part, code.keep(f32x4.sub(scale, code.f32(1)))))
  const above = code.keep(multiplyAdd(code, scale, part, code.keep(f32x4.add(scale, code.f32(1)))))
  const quotient = code.keep(f32x4.div(v128.bitselect(code.f32(2), below, large), above))
  const result = v128.bitselect(f32x4.sub(code.f32(1), quotient), quotient, large)
  return copySign(code, result, x)
}
