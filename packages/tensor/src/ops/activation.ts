import { ArgumentError, printed } from '../errors.ts'
import { customGradient } from '../graph/customGradient.ts'
import type { Tensor } from '../tensor.ts'
import { where } from './elementwise.ts'
import { shiftOf } from './reduce.ts'

/** max(x, 0), whose derivative at 0 is 0 as in PyTorch */
export const relu = (x: Tensor): Tensor => where(x.gt(0), x, where(x.isNaN(), x, 0))

/** x if x > 0, else slope · x */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor => where(x.gt(0), x, x.mul(slope))

/** x if x > 0, else α(eˣ − 1) */
export const elu = (x: Tensor, alpha = 1): Tensor => where(x.gt(0), x, where(x.gt(0), 0, x).expm1().mul(alpha))

/** GELU (Hendrycks & Gimpel, 2016): x·Φ(x), or GPT-2's approximation of it by a hyperbolic tangent. */
export function gelu(x: Tensor, approximate: 'none' | 'tanh' = 'none'): Tensor {
  if (approximate === 'tanh') return tanhGelu(x)
  if (approximate !== 'none')
    throw new ArgumentError('gelu', `the approximation is 'none' or 'tanh', got ${printed(approximate)}`)
  return x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1))
}

/**
 * ½x(1 + tanh(√(2/π)(x + 0.044715x³))) = x·σ(u) with u = ax + bx³, which takes less time and does not cancel;
 * its gradient is g · σ(u) · (1 + x(1 − σ(u))u′).
 */
function tanhGelu(x: Tensor): Tensor {
  const a = 2 * Math.sqrt(2 / Math.PI)
  const b = 0.044715 * a
  const square = x.mul(x)
  const s = x.mul(square.mul(b).add(a)).sigmoid()
  const slope = square.mul(3 * b).add(a)
  return customGradient([x], x.mul(s), g => [s.mul(g).mul(x.mul(s.neg().add(1)).mul(slope).add(1))])
}

/** x · σ(x) */
export const silu = (x: Tensor): Tensor => x.mul(x.sigmoid())

/** log(1 + eˣ), computed as max(x, 0) + log(1 + e^−|x|) so that nothing overflows */
export const softplus = (x: Tensor): Tensor => x.maximum(0).add(x.abs().neg().exp().log1p())

/** eˣ / Σ eˣ over an axis, shifted by the maximum; its gradient is y · (g − Σ g·y). */
export function softmax(x: Tensor, axis = -1): Tensor {
  const e = x.sub(shiftOf(x, axis)).exp()
  const y: Tensor = e.div(e.sum(axis, true))
  return customGradient([x], y, (g, y) => [y.mul(g.sub(g.mul(y).sum(axis, true)))])
}

/** (x − max) − log Σ e^(x − max) over an axis; its gradient is g − eʸ · Σ g. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  const shifted = x.sub(shiftOf(x, axis))
  const y = shifted.sub(shifted.exp().sum(axis, true).log())
  return customGradient([x], y, (g, y) => [g.sub(y.exp().mul(g.sum(axis, true)))])
}
