import { type Tensor } from '@wids/tensor'
import { customGradient } from '@wids/tensor/graph'
import { checkShapes, type LossOptions, reduced } from './reduction.ts'

/** Options of {@link binaryCrossEntropy}. */
export interface BinaryOptions extends LossOptions {
  /** Factor of each loss, which broadcasts with them; the mean is over all of them all the same. Default 1. */
  readonly weight?: Tensor | number | undefined
}

/**
 * Binary cross-entropy of probabilities: −(y ln p + (1 − y) ln(1 − p)), with logarithms of at least −100 as in
 * `torch.nn.functional.binary_cross_entropy`. From logits, `binaryCrossEntropyWithLogits` is exact where p rounds to 0 or 1.
 *
 * @param probability [...] p, in [0, 1]
 * @param target [...] y, in [0, 1]
 * @throws ShapeError unless the shapes are equal
 * @example
 * await binaryCrossEntropy(tensor([0.5]), tensor([1])).item()   // ln 2
 */
export function binaryCrossEntropy(
  probability: Tensor,
  target: Tensor,
  { weight = 1, ...options }: BinaryOptions = {},
): Tensor {
  checkShapes('binaryCrossEntropy', probability, target)
  const p = probability
  const y = target.to(p.dtype)
  const yes = p.log().maximum(-100)
  const no = p.neg().add(1).log().maximum(-100)
  const losses = y.mul(yes.sub(no)).add(no).neg()
  const each = customGradient([p, y], losses, g => [
    // (p − y) / p(1 − p), whose denominator PyTorch keeps from 0
    g.mul(p.sub(y)).div(p.mul(p.neg().add(1)).maximum(1e-12)),
    g.mul(no.sub(yes)),
  ])
  return reduced(weight === 1 ? each : each.mul(weight), options)
}

/** Options of {@link binaryCrossEntropyWithLogits}. */
export interface BinaryLogitsOptions extends BinaryOptions {
  /** Factor of the positive part, which broadcasts with the logits: above 1 for rare positives. Default 1. */
  readonly posWeight?: Tensor | number | undefined
}

/**
 * Binary cross-entropy of logits: max(z, 0) − z·y + ln(1 + e^−|z|), whose gradient is σ(z) − y
 * (`torch.nn.functional.binary_cross_entropy_with_logits`). With a weight w of positives it is
 * w·y·ln(1 + e^−z) + (1 − y)·ln(1 + e^z).
 *
 * @param logit [...] z, any real number
 * @param target [...] y, in [0, 1]
 * @throws ShapeError unless the shapes are equal
 * @example
 * binaryCrossEntropyWithLogits(logits, labels, { posWeight: 10 })   // one example in eleven is positive
 */
export function binaryCrossEntropyWithLogits(
  logit: Tensor,
  target: Tensor,
  { posWeight, weight = 1, ...options }: BinaryLogitsOptions = {},
): Tensor {
  checkShapes('binaryCrossEntropyWithLogits', logit, target)
  const y = target.to(logit.dtype)
  const each = posWeight === undefined ? unweighted(logit, y) : weighted(logit, y, posWeight)
  return reduced(weight === 1 ? each : each.mul(weight), options)
}

const unweighted = (z: Tensor, y: Tensor): Tensor =>
  customGradient([z, y], z.softplus().sub(z.mul(y)), g => [g.mul(z.sigmoid().sub(y)), g.mul(z).neg()])

/** Gradients: σ(z)(w·y + 1 − y) − w·y by z, w·ln(1 + e^−z) − ln(1 + e^z) by y. */
function weighted(z: Tensor, y: Tensor, posWeight: Tensor | number): Tensor {
  const positive = y.mul(posWeight)
  const negative = y.neg().add(1)
  const losses = positive.mul(z.neg().softplus()).add(negative.mul(z.softplus()))
  return customGradient([z, y], losses, g => [
    g.mul(z.sigmoid().mul(positive.add(negative)).sub(positive)),
    g.mul(z.neg().softplus().mul(posWeight).sub(z.softplus())),
  ])
}
