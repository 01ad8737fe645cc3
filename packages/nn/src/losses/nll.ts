import { type Tensor, where } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { checkTarget, towardIndices, weightOf } from './classTargets.ts'
import { type LossOptions, reduced } from './reduction.ts'

/** Options of {@link nllLoss}. */
export interface NllOptions extends LossOptions {
  /** Targets of this value count neither in the loss nor in its mean. Default −100. */
  readonly ignoreIndex?: number | undefined
  /** [classes] factor of each class; the mean is then over the factors of the targets. Default 1. */
  readonly weight?: Tensor | readonly number[] | undefined
}

/**
 * Negative log likelihood: −w_target · ln p_target (`torch.nn.functional.nll_loss`). From logits, `crossEntropy` does
 * both steps at once.
 *
 * @param logProbabilities [classes], [batch, classes] or [batch, classes, ...]
 * @param target i32 class indices [], [batch] or [batch, ...]; the loss of an index that is no class is NaN
 * @throws ShapeError unless the shapes fit
 * @example
 * nllLoss(logits.logSoftmax(1), target)
 */
export function nllLoss(logProbabilities: Tensor, target: Tensor, options: NllOptions = {}): Tensor {
  checkTensors('nllLoss', { logProbabilities, target })
  const axis = logProbabilities.rank === 1 ? 0 : 1
  const index = target.to('i32')
  checkTarget('nllLoss', logProbabilities, index, axis)
  const weight = weightOf('nllLoss', logProbabilities, axis, options.weight)
  const aim = towardIndices(logProbabilities, index, axis, weight, options.ignoreIndex)
  const scores = weight === undefined ? logProbabilities : logProbabilities.mul(weight)
  const picked = where(aim.shares.eq(0).or(aim.counted.logicalNot()), 0, scores.neg()).sum(axis, true) // [batch, 1, ...]
  const losses = aim.valid === undefined ? picked : where(aim.valid, picked, NaN)
  const { reduction = 'mean' } = options
  return reduction === 'mean' ? losses.sum().div(aim.count) : reduced(losses.squeeze(axis), { reduction })
}
