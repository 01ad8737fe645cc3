import { dropout } from '@wids/nn'
import { arange, attention, type Tensor, where } from '@wids/tensor'

/** Options of {@link scaledDotProductAttention}. */
export interface AttentionOptions {
  /**
   * Broadcasts to [..., queries, keys]. bool: true where a query may see a key; float: added to the scores, where −∞
   * hides a key.
   */
  readonly attnMask?: Tensor | undefined
  /** Query i sees keys 0 … offset + i only. Default false. */
  readonly isCausal?: boolean | undefined
  /** How many keys stand before the first query in a causal order, i32 []: what a cache holds already. Default 0. */
  readonly offset?: Tensor | undefined
  /** Factor of the scores. Default 1/√channels. */
  readonly scale?: number | undefined
  /** Probability with which a weight is dropped. Default 0. */
  readonly dropoutP?: number | undefined
}

/**
 * Attention (Vaswani et al., 2017, eq. 1), as `F.scaled_dot_product_attention`: each query gets the average of the
 * values, weighted by how well their keys match it. A query that may see no key gets 0. Several heads of the query
 * may share one of key and value (`enable_gqa`).
 *
 * @param query [..., queries, channels]
 * @param key [..., keys, channels]
 * @param value [..., keys, values]
 * @returns [..., queries, values]
 * @throws ShapeError if shapes disagree, ArgumentError for a dropout outside [0, 1] or an offset without a causal order
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
  const { attnMask, isCausal = false, offset, scale, dropoutP = 0 } = options
  if (dropoutP !== 0) return composedAttention(query, key, value, options)
  const bias = attnMask?.dtype === 'bool' ? where(attnMask, 0, -Infinity) : attnMask
  return attention(query, key, value, { bias, causal: isCausal, offset, scale })
}

/** A score that softmax turns to 0 beside any real one; finite, so that a row of nothing else has no NaN. */
const hidden = -1e30

/** The same with the weights in memory, where dropout needs them. */
function composedAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  {
    attnMask,
    isCausal = false,
    offset,
    scale = 1 / Math.sqrt(query.shape.at(-1) ?? 1),
    dropoutP = 0,
  }: AttentionOptions,
): Tensor {
  // softmax(QKᵀ·scale + mask) V
  const scores = query.matmul(repeatHeads(key, query).transpose(-2, -1)).mul(scale) // [..., queries, keys]
  const biased = attnMask === undefined || attnMask.dtype === 'bool' ? scores : scores.add(attnMask)
  const visible = visibleKeys(scores, attnMask, isCausal ? (offset ?? 0) : undefined)
  const weights = visible === undefined ? biased.softmax(-1) : where(visible, biased, hidden).softmax(-1)
  // Only a given mask can leave a query without keys; its weights come out equal instead of 0.
  const seen = visible === undefined || attnMask === undefined ? weights : where(visible, weights, 0)
  return dropout(seen, dropoutP).matmul(repeatHeads(value, query)) // [..., queries, values]
}

/** Key or value for each head of the query: [..., kvHeads, keys, channels] → [..., heads, keys, channels]. */
function repeatHeads(x: Tensor, query: Tensor): Tensor {
  const [heads = 1, kvHeads = 1] = [query.shape.at(-3), x.shape.at(-3)]
  if (kvHeads === 1 || heads % kvHeads !== 0 || heads === kvHeads) return x
  const [batch, rows] = [x.shape.slice(0, -3), x.shape.slice(-2)]
  const repeated = x.unsqueeze(-3).expand([...batch, kvHeads, heads / kvHeads, ...rows])
  return repeated.reshape([...batch, heads, ...rows])
}

/** Where queries may see keys, by mask and by the keys before them in a causal order; undefined where all is visible. */
function visibleKeys(
  scores: Tensor,
  attnMask: Tensor | undefined,
  before: Tensor | number | undefined,
): Tensor | undefined {
  const [queries = 0, keys = 0] = scores.shape.slice(-2)
  const past = before === undefined ? undefined : arange(keys).le(arange(queries).add(before).unsqueeze(-1)) // [queries, keys]
  if (attnMask === undefined) return past
  const allowed = attnMask.dtype === 'bool' ? attnMask : attnMask.gt(-Infinity)
  return past === undefined ? allowed : allowed.and(past)
}
