import { ArgumentError, type Tensor } from '@wids/tensor'
import { computeAlong } from '@wids/tensor/graph'

/**
 * Scales gradients so that together, as one vector, they have at most the given norm
 * (Pascanu et al., 2013; `torch.nn.utils.clip_grad_norm_`): g · min(1, maxNorm / (‖g‖ + 1e-6)).
 *
 * @param gradients of any shapes
 * @param normType 2 for the Euclidean norm, Infinity for the largest absolute value
 * @returns the scaled gradients and the norm [] before scaling
 * @throws ArgumentError without gradients, for a negative `maxNorm`, or for `normType` below 1
 * @example
 * const { gradients, norm } = clipGradNorm(grad(loss, model.parameters()), 1)
 * optimizer.step(gradients)
 */
export function clipGradNorm(
  gradients: readonly Tensor[],
  maxNorm: number,
  { normType = 2 }: { readonly normType?: number } = {},
): { readonly gradients: Tensor[]; readonly norm: Tensor } {
  if (!(maxNorm >= 0)) throw new ArgumentError('clipGradNorm', `maxNorm is at least 0, got ${maxNorm}`)
  const norm = gradNorm(gradients, { normType })
  // Where a step uses the norm, it also computes it, so that it can be read afterwards.
  computeAlong(norm.node, norm)
  const scale = norm.add(1e-6).reciprocal().mul(maxNorm).minimum(1)
  return { gradients: gradients.map(gradient => gradient.mul(scale).to(gradient.dtype)), norm }
}

/**
 * The norm [] of gradients as one vector (`torch.nn.utils.get_total_norm`): (Σ |g|ᵖ)^(1/p), the largest |g| for p = ∞.
 *
 * @param normType p. Default 2
 * @throws ArgumentError without gradients, or for p < 1
 * @example
 * gradNorm([tensor([3, 0]), tensor([4])])   // 5
 */
export function gradNorm(
  gradients: readonly Tensor[],
  { normType: p = 2 }: { readonly normType?: number } = {},
): Tensor {
  if (gradients.length === 0) throw new ArgumentError('gradNorm', 'there are no gradients')
  if (!(p >= 1)) throw new ArgumentError('gradNorm', `normType is at least 1, got ${p}`)
  if (p === Infinity) return gradients.map(g => g.abs().max()).reduce((a, b) => a.maximum(b))
  const power = (x: Tensor): Tensor => (p === 2 ? x.mul(x) : x.abs().pow(p))
  const total = gradients.map(g => power(g).sum()).reduce((a, b) => a.add(b))
  return p === 2 ? total.sqrt() : total.pow(1 / p)
}

/**
 * Limits every element to ±limit (`torch.nn.utils.clip_grad_value_`).
 *
 * @param gradients of any shapes
 * @returns the same shapes
 * @throws ArgumentError for a negative limit
 * @example
 * clipGradValue([tensor([-3, 0.5])], 1)   // [[-1, 0.5]]
 */
export function clipGradValue(gradients: readonly Tensor[], limit: number): Tensor[] {
  if (!(limit >= 0)) throw new ArgumentError('clipGradValue', `the limit is at least 0, got ${limit}`)
  return gradients.map(gradient => gradient.clamp(-limit, limit))
}
