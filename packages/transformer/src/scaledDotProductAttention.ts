import { dropout } from '@wids/nn'
import { arange, type Tensor, where } from '@wids/tensor'

export interface AttentionOptions {
  /**
   * Broadcasts to [..., queries, keys]. bool: true where a query may see a key; float: added to the scores, where −∞
   * hides a key.
   */
  readonly attnMask?: Tensor | undefined
  /** Query i sees keys 0 … i only. Default false. */
  readonly isCausal?: boolean | undefined
  /** Factor of the scores. Default 1/√channels. */
  readonly scale?: number | undefined
  /** Probability with which a weight is dropped. Default 0. */
  readonly dropoutP?: number | undefined
}

/** A score that softmax turns to 0 beside any real one; finite, so that a row of nothing else has no NaN. */
const hidden = -1e30

/**
 * Attention (Vaswani et al., 2017, eq. 1), as `F.scaled_dot_product_attention`: each query gets the average of the
 * values, weighted by how well their keys match it. A query that may see no key gets 0.
 *
 * @param query [..., queries, channels]
 * @param key [..., keys, channels]
 * @param value [..., keys, values]
 * @returns [..., queries, values]
 * @throws ShapeError if shapes disagree, ArgumentError for a dropout outside [0, 1]
 * @example
 * const x = randn([2, 4, 10, 16])                                  // [batch, heads, time, channels]
 * scaledDotProductAttention(x, x, x, { isCausal: true }).shape     // [2, 4, 10, 16]
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const { attnMask, isCausal = false, scale = 1 / Math.sqrt(query.shape.at(-1) ?? 1), dropoutP = 0 } = options
  // softmax(QKᵀ·scale + mask) V
  const scores = query.matmul(key.transpose(-2, -1)).mul(scale) // [..., queries, keys]
  const biased = attnMask === undefined || attnMask.dtype === 'bool' ? scores : scores.add(attnMask)
  const visible = visibleKeys(scores, attnMask, isCausal)
  const weights = visible === undefined ? biased.softmax(-1) : where(visible, biased, hidden).softmax(-1)
  // Only a given mask can leave a query without keys; its weights come out equal instead of 0.
  const seen = visible === undefined || attnMask === undefined ? weights : where(visible, weights, 0)
  return dropout(seen, dropoutP).matmul(value) // [..., queries, values]
}

/** Where queries may see keys, by mask and by order; undefined where everything is visible. */
function visibleKeys(scores: Tensor, attnMask: Tensor | undefined, isCausal: boolean): Tensor | undefined {
  const [queries = 0, keys = 0] = scores.shape.slice(-2)
  const past = isCausal ? arange(keys).le(arange(queries).unsqueeze(-1)) : undefined // [queries, keys]
  if (attnMask === undefined) return past
  const allowed = attnMask.dtype === 'bool' ? attnMask : attnMask.gt(-Infinity)
  return past === undefined ? allowed : allowed.and(past)
}
