import { Linear, Module, parameter, xavierUniform } from '@wids/nn'
import { ArgumentError, ShapeError, type Tensor, where, zeros } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { scaledDotProductAttention } from './scaledDotProductAttention.ts'

/** Options of {@link MultiHeadAttention}. */
export interface MultiHeadAttentionOptions {
  /** Probability with which an attention weight is dropped in training. Default 0. */
  readonly dropout?: number | undefined
  /** Whether the projections add a bias. Default true. */
  readonly bias?: boolean | undefined
}

/** What a query may not see, as in PyTorch's modules: a bool mask is true where a key is hidden. */
export interface AttentionMasks {
  /** [queries, keys], [batch·heads, queries, keys] or [batch, heads, queries, keys]; bool: true hides; float: is added to the scores. */
  readonly attnMask?: Tensor | undefined
  /** [batch, keys]; bool: true hides a key from every query; float: is added to the scores. */
  readonly keyPaddingMask?: Tensor | undefined
  /** Hide every key behind the query's own position. Default false. */
  readonly isCausal?: boolean | undefined
}

/**
 * Attention in several subspaces at once (Vaswani et al., 2017, §3.2.2), with the parameters of
 * `nn.MultiheadAttention`, batch first.
 *
 * @example
 * const attention = new MultiHeadAttention(32, 4)
 * const x = randn([2, 10, 32])                          // [batch, time, channels]
 * attention.forward(x, x, x, { isCausal: true }).shape  // [2, 10, 32]
 */
export class MultiHeadAttention extends Module {
  readonly numHeads: number // subspaces
  readonly dropout: number // probability, in training
  in_proj_weight: Tensor // [3·channels, channels]: queries, keys, values
  in_proj_bias: Tensor | undefined // [3·channels]
  out_proj: Linear // of the heads side by side

  /**
   * @param embedDim channels of query, key and value
   * @param numHeads subspaces of channels / heads each
   * @throws ArgumentError unless `numHeads` divides `embedDim`
   */
  constructor(embedDim: number, numHeads: number, { dropout = 0, bias = true }: MultiHeadAttentionOptions = {}) {
    super()
    if (embedDim % numHeads !== 0)
      throw new ArgumentError('MultiHeadAttention', `${numHeads} heads do not divide ${embedDim} channels`)
    this.numHeads = numHeads
    this.dropout = dropout
    this.in_proj_weight = parameter(xavierUniform([3 * embedDim, embedDim]))
    this.in_proj_bias = bias ? parameter(zeros([3 * embedDim])) : undefined
    this.out_proj = new Linear(embedDim, embedDim, { bias })
    this.out_proj.bias?.assign(zeros([embedDim]))
  }

  /**
   * For each query the values of the keys that match it, from all heads.
   *
   * @param query [batch, queries, channels]
   * @param key [batch, keys, channels]
   * @param value [batch, keys, channels]
   * @returns [batch, queries, channels]
   * @throws ShapeError, where shapes disagree; in training, ArgumentError unless the dropout lies between 0 and 1
   */
  forward(query: Tensor, key: Tensor, value: Tensor, masks: AttentionMasks = {}): Tensor {
    this.#check({ query, key, value })
    const [q, k, v] = this.#project(query, key, value) // [batch, time, channels] each
    const heads = scaledDotProductAttention(this.#split(q), this.#split(k), this.#split(v), {
      attnMask: visibilityOf(masks, this.numHeads),
      isCausal: masks.isCausal,
      dropoutP: this.training ? this.dropout : 0,
    }) // [batch, heads, queries, channels / heads]
    return this.out_proj.forward(heads.transpose(1, 2).flatten(2))
  }

  #check(inputs: Readonly<Record<'query' | 'key' | 'value', Tensor>>): void {
    checkTensors('MultiHeadAttention', inputs)
    const channels = this.in_proj_weight.shape[1]!
    for (const [name, { shape }] of Object.entries(inputs))
      if (shape.length !== 3 || shape[2] !== channels)
        throw new ShapeError('MultiHeadAttention', `${name} is [batch, time, ${channels}], got [${shape.join(', ')}]`, [
          shape,
        ])
  }

  /** [q; k; v] = W [query; key; value] + b: one product where all three, or key and value, are one tensor. */
  #project(query: Tensor, key: Tensor, value: Tensor): [Tensor, Tensor, Tensor] {
    if (query === key && key === value) return this.#affine(query, 0, 3).chunk(3, -1) as [Tensor, Tensor, Tensor]
    if (key === value) return [this.#affine(query, 0, 1), ...(this.#affine(key, 1, 2).chunk(2, -1) as [Tensor, Tensor])]
    return [this.#affine(query, 0, 1), this.#affine(key, 1, 1), this.#affine(value, 2, 1)]
  }

  /** The rows of W and b that belong to `count` of query, key and value from `first`. */
  #affine(x: Tensor, first: number, count: number): Tensor {
    const channels = this.in_proj_weight.shape[1]!
    const weight = this.in_proj_weight.narrow(0, first * channels, count * channels)
    const product = x.matmul(weight.transpose()) // [batch, time, count·channels]
    return this.in_proj_bias === undefined
      ? product
      : product.add(this.in_proj_bias.narrow(0, first * channels, count * channels))
  }

  /** [batch, time, channels] → [batch, heads, time, channels / heads] */
  #split(x: Tensor): Tensor {
    const [batch = 0, time = 0, channels = 0] = x.shape
    return x.reshape([batch, time, this.numHeads, channels / this.numHeads]).transpose(1, 2)
  }
}

/** Both masks as one of `scaledDotProductAttention`, whose bool masks mean the opposite. */
function visibilityOf({ attnMask, keyPaddingMask }: AttentionMasks, heads: number): Tensor | undefined {
  const byHead = attnMask?.rank === 3 ? attnMask.reshape([-1, heads, attnMask.shape[1]!, attnMask.shape[2]!]) : attnMask
  const byKey = keyPaddingMask?.unsqueeze(1).unsqueeze(1) // [batch, 1, 1, keys]
  const masks = [byHead, byKey].filter(mask => mask !== undefined)
  if (masks.every(mask => mask.dtype === 'bool'))
    return masks.map(mask => mask.logicalNot()).reduce<Tensor | undefined>((a, b) => a?.and(b) ?? b, undefined)
  return masks.map(mask => (mask.dtype === 'bool' ? where(mask, -Infinity, 0) : mask)).reduce((a, b) => a.add(b))
}
