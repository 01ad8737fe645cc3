import { ArgumentError, isFloat, onesLike, type Tensor, where } from '@wids/tensor'
import { checkTensors, customGradient } from '@wids/tensor/graph'
import { type Aim, checkTarget, towardIndices, weightOf } from './classTargets.ts'
import { type LossOptions, reduced } from './reduction.ts'

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends LossOptions {
  /** Targets of this value count neither in the loss nor in its mean. Default −100. */
  readonly ignoreIndex?: number | undefined
  /** [classes] factor of each class; the mean is then over the factors of the targets. Default 1. */
  readonly weight?: Tensor | readonly number[] | undefined
  /** Part of the target that is spread evenly over all classes (Szegedy et al., 2016). Default 0. */
  readonly labelSmoothing?: number | undefined
}

/**
 * Cross-entropy of logits z against classes: ln Σ eᶻ − z_target, whose gradient is softmax(z) − onehot(target)
 * (`torch.nn.functional.cross_entropy`).
 *
 * @param logits [classes], [batch, classes] or [batch, classes, ...]
 * @param target class indices [], [batch] or [batch, ...] (the loss of an index that is no class is NaN), or
 * probabilities in the shape of the logits
 * @throws ShapeError unless the shapes fit, ArgumentError for an option that does not
 * @example
 * // logits [batch, time, vocabulary], target i32 [batch, time]
 * crossEntropy(logits.flatten(0, 1), target.flatten())
 */
export function crossEntropy(logits: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  checkTensors('crossEntropy', { logits, target })
  const axis = logits.rank === 1 ? 0 : 1
  checkTarget('crossEntropy', logits, target, axis)
  checkSmoothing(options.labelSmoothing)
  const weight = weightOf('crossEntropy', logits, axis, options.weight)
  const aim = isFloat(target.dtype)
    ? towardProbabilities(target, axis)
    : towardIndices(logits, target, axis, weight, options.ignoreIndex)
  const losses = entropyOf(logits, spread(aim, logits, axis, weight, options), axis, aim.counted)
  const checked = aim.valid === undefined ? losses : where(aim.valid, losses, NaN)
  const { reduction = 'mean' } = options
  return reduction === 'mean' ? checked.sum().div(aim.count) : reduced(checked.squeeze(axis), { reduction })
}

function towardProbabilities(target: Tensor, axis: number): Aim {
  const examples = onesLike(target.narrow(axis, 0, 1)) // [batch, 1, ...]
  return { shares: target, counted: examples.to('bool'), valid: undefined, count: examples.sum() }
}

/** Shares after smoothing and weighting, and their sum [batch, 1, ...], which is 1 (`undefined`) for plain indices. */
function spread(
  { shares, valid }: Aim,
  logits: Tensor,
  axis: number,
  weight: Tensor | undefined,
  { labelSmoothing = 0 }: CrossEntropyOptions,
): Shares {
  if (valid !== undefined && labelSmoothing === 0 && weight === undefined) return { shares, mass: undefined }
  const even = shares.mul(1 - labelSmoothing).add(labelSmoothing / logits.shape[axis]!)
  const weighted = (weight === undefined ? even : even.mul(weight)).to(logits.dtype)
  return { shares: weighted, mass: weighted.sum(axis, true) }
}

interface Shares {
  readonly shares: Tensor
  readonly mass: Tensor | undefined
}

/**
 * Σ q (ln Σ eᶻ − z) over the classes, with gradient (Σ q) softmax(z) − q: [batch, 1, ...]; 0 where nothing counts.
 * Logits less their maximum give the same and keep their digits.
 */
function entropyOf(logits: Tensor, { shares, mass }: Shares, axis: number, counted: Tensor): Tensor {
  const z = logits.sub(logits.max(axis, true).detach()) // [batch, classes, ...]
  const whole = z.exp().sum(axis, true).log() // [batch, 1, ...]
  const picked = where(shares.eq(0), 0, shares.mul(z)).sum(axis, true)
  const losses = (mass === undefined ? whole : whole.mul(mass)).sub(picked)
  return customGradient([logits], where(counted, losses, 0), g => {
    const probabilities = z.sub(whole).exp() // [batch, classes, ...]
    const pull = (mass === undefined ? probabilities : probabilities.mul(mass)).sub(shares)
    return [where(counted, pull.mul(g), 0)]
  })
}

function checkSmoothing(labelSmoothing = 0): void {
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    throw new ArgumentError('crossEntropy', `labelSmoothing lies between 0 and 1, got ${labelSmoothing}`)
}
