import { ShapeError, type Tensor, where } from '@wids/tensor'
import { checkShapes, type LossOptions, reduced } from './reduction.ts'

/**
 * a · b / (max(‖a‖, ε) max(‖b‖, ε)) over an axis (`torch.nn.functional.cosine_similarity`).
 *
 * @param a [..., n, ...]
 * @param b the same shape
 * @returns [..., ...]
 * @throws ShapeError unless the shapes are equal
 * @example
 * await cosineSimilarity(tensor([[1, 0]]), tensor([[1, 1]])).toArray()   // [0.7071]
 */
export function cosineSimilarity(
  a: Tensor,
  b: Tensor,
  { axis = 1, eps = 1e-8 }: { readonly axis?: number; readonly eps?: number } = {},
): Tensor {
  checkShapes('cosineSimilarity', a, b)
  const unit = (x: Tensor): Tensor => x.div(x.norm(axis, true).clamp(eps))
  return unit(a).mul(unit(b)).sum(axis)
}

/** Options of {@link cosineEmbeddingLoss}. */
export interface CosineEmbeddingOptions extends LossOptions {
  /** How similar vectors that do not belong together may be. Default 0. */
  readonly margin?: number | undefined
}

/**
 * 1 − cos(a, b) for pairs that belong together, max(0, cos(a, b) − margin) for others
 * (`torch.nn.functional.cosine_embedding_loss`).
 *
 * @param a [batch, n] or [n]
 * @param b the same shape
 * @param target [batch] or []: 1 for pairs that belong together, −1 for others
 * @throws ShapeError unless the shapes fit
 * @example
 * cosineEmbeddingLoss(left, right, tensor([1, -1, 1]), { margin: 0.2 })
 */
export function cosineEmbeddingLoss(
  a: Tensor,
  b: Tensor,
  target: Tensor,
  { margin = 0, ...options }: CosineEmbeddingOptions = {},
): Tensor {
  checkShapes('cosineEmbeddingLoss', a, b)
  if (a.rank < 1 || a.rank > 2 || String(target.shape) !== String(a.shape.slice(0, -1)))
    throw new ShapeError(
      'cosineEmbeddingLoss',
      `pairs are [batch, n] with targets [batch], got [${a.shape.join(', ')}] and [${target.shape.join(', ')}]`,
      [a.shape, target.shape],
    )
  const square = (x: Tensor): Tensor => x.mul(x).sum(-1).add(1e-12)
  const cosine = a
    .mul(b)
    .sum(-1)
    .div(square(a).mul(square(b)).sqrt())
  const apart = cosine.sub(margin)
  const losses = where(target.eq(1), cosine.neg().add(1), where(target.eq(-1), where(apart.gt(0), apart, 0), 0))
  return reduced(losses, options)
}
