import { type Tensor, where } from '@wids/tensor'
import { checkShapes, type Reduction, reduced } from './reduction.ts'

/** What every divergence can do with its terms. */
export interface DivergenceOptions {
  /** 'batchMean' is the sum over all elements divided by the size of the first axis. Default 'mean'. */
  readonly reduction?: Reduction | 'batchMean' | undefined
}

/** Options of {@link klDivergence}. */
export interface KlOptions extends DivergenceOptions {
  /** Whether the target is given as logarithms. Default false. */
  readonly logTarget?: boolean | undefined
}

/**
 * Kullback and Leibler's divergence of each element: p (ln p − q̂), 0 where p = 0 (`torch.nn.functional.kl_div`). Its sum
 * over a distribution is the divergence; 'batchMean' is the mean of that over the first axis.
 *
 * @param logProbabilities [...] q̂ = ln q of the prediction
 * @param target [...] p, or ln p with `logTarget`
 * @throws ShapeError unless the shapes are equal
 * @example
 * klDivergence(logits.logSoftmax(-1), target, { reduction: 'batchMean' })
 */
export function klDivergence(
  logProbabilities: Tensor,
  target: Tensor,
  { logTarget = false, ...options }: KlOptions = {},
): Tensor {
  checkShapes('klDivergence', logProbabilities, target)
  if (logTarget) return divergence(target.exp().mul(target.sub(logProbabilities)), options)
  const empty = target.eq(0)
  const logs = where(empty, 1, target).log()
  return divergence(where(empty, 0, target.mul(logs.sub(logProbabilities))), options)
}

/** Options of {@link gaussianKl}. */
export interface GaussianKlOptions extends DivergenceOptions {
  /** The distribution to compare with. Default: mean 0 and variance 1. */
  readonly prior?: { readonly mean: Tensor; readonly logVariance: Tensor } | undefined
}

/**
 * Divergence of normal distributions from a prior, of each element: ½(e^(s − s₀) − 1 − (s − s₀) + (μ − μ₀)² / e^s₀) with
 * s = ln σ² (Kingma & Welling, "Auto-encoding variational Bayes", 2014).
 *
 * @param mean [...] μ
 * @param logVariance [...] s
 * @throws ShapeError unless the shapes are equal
 * @example
 * gaussianKl(mean, logVariance, { reduction: 'batchMean' })   // the term of a variational autoencoder
 */
export function gaussianKl(mean: Tensor, logVariance: Tensor, { prior, ...options }: GaussianKlOptions = {}): Tensor {
  checkShapes('gaussianKl', mean, logVariance)
  const spread = prior === undefined ? logVariance : logVariance.sub(prior.logVariance)
  const away = prior === undefined ? mean : mean.sub(prior.mean)
  const squares = prior === undefined ? away.mul(away) : away.mul(away).mul(prior.logVariance.neg().exp())
  return divergence(spread.expm1().sub(spread).add(squares).mul(0.5), options)
}

function divergence(each: Tensor, { reduction = 'mean' }: DivergenceOptions): Tensor {
  return reduction === 'batchMean' ? each.sum().div(each.shape[0] ?? 1) : reduced(each, { reduction })
}
