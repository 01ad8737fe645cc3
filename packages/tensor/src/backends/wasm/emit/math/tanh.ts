import { f32x4 } from 'wasmati'
import { multiplyAdd, type Code, type OnStack, type Vector } from '../code.ts'
import { expParts } from './exp.ts'
import { copySign } from './sign.ts'

/**
 * tanh |x| = (e − 1) / (e + 1) with e = exp 2|x| = s (1 + p), that is (s p + (s − 1)) / (s p + (s + 1)). For small x is
 * s = 1, and nothing cancels.
 */
export function tanh(code: Code, x: Vector): OnStack {
  // From 9.02 on tanh rounds to 1.
  const size = code.keep(f32x4.pmin(f32x4.abs(x), code.f32(9.5)))
  const { scale, part } = expParts(code, code.keep(f32x4.add(size, size)))
  const below = code.keep(multiplyAdd(code, scale, part, code.keep(f32x4.sub(scale, code.f32(1)))))
  const above = code.keep(multiplyAdd(code, scale, part, code.keep(f32x4.add(scale, code.f32(1)))))
  return copySign(code, f32x4.div(below, above), x)
}
