import { Dropout, LayerNorm, Linear, Module } from '@wids/nn'
import type { Tensor } from '@wids/tensor'
import { type Activation, feedForward } from './feedForward.ts'
import { type LayerOptions, withDefaults } from './layerOptions.ts'
import { type AttentionMasks, MultiHeadAttention } from './multiHeadAttention.ts'

/** What a source position may not see of the others. */
export interface EncoderMasks {
  /** Of positions against positions; see `AttentionMasks.attnMask`. */
  readonly mask?: Tensor | undefined
  /** [batch, time], true where the source is padding. */
  readonly srcKeyPaddingMask?: Tensor | undefined
  /** Hide later positions. Default false. */
  readonly isCausal?: boolean | undefined
}

/**
 * Self-attention and a feed-forward network, each with a residual and a layer norm (Vaswani et al., 2017, §3.1), with
 * the parameters of `nn.TransformerEncoderLayer`, batch first.
 *
 * @example
 * const layer = new TransformerEncoderLayer(32, 4, { dimFeedforward: 64 })
 * layer.forward(randn([2, 10, 32])).shape   // [2, 10, 32]
 */
export class TransformerEncoderLayer extends Module {
  self_attn: MultiHeadAttention // of source positions to each other
  linear1: Linear // channels to dimFeedforward
  dropout: Dropout // between the linear layers
  linear2: Linear // and back
  norm1: LayerNorm // of self-attention
  norm2: LayerNorm // of the feed-forward network
  dropout1: Dropout // behind self-attention
  dropout2: Dropout // behind the feed-forward network
  readonly activation: Activation // between the linear layers
  readonly normFirst: boolean // pre-norm instead of post-norm

  /**
   * @param dModel channels of the source
   * @param nhead attention heads
   * @throws ArgumentError unless `nhead` divides `dModel` and the dropout lies between 0 and 1
   */
  constructor(dModel: number, nhead: number, options: LayerOptions = {}) {
    super()
    const { dimFeedforward, dropout, activation, layerNormEps: eps, normFirst, bias } = withDefaults(options)
    this.self_attn = new MultiHeadAttention(dModel, nhead, { dropout, bias })
    this.linear1 = new Linear(dModel, dimFeedforward, { bias })
    this.dropout = new Dropout(dropout)
    this.linear2 = new Linear(dimFeedforward, dModel, { bias })
    this.norm1 = new LayerNorm(dModel, { eps, bias })
    this.norm2 = new LayerNorm(dModel, { eps, bias })
    this.dropout1 = new Dropout(dropout)
    this.dropout2 = new Dropout(dropout)
    this.activation = activation
    this.normFirst = normFirst
  }

  /**
   * The source with what attention and the feed-forward network add to it.
   *
   * @param src [batch, time, channels]
   * @returns [batch, time, channels]
   * @throws ShapeError, where shapes disagree
   */
  forward(src: Tensor, { mask, srcKeyPaddingMask, isCausal }: EncoderMasks = {}): Tensor {
    const masks: AttentionMasks = { attnMask: mask, keyPaddingMask: srcKeyPaddingMask, isCausal }
    const attend = (x: Tensor): Tensor => this.dropout1.forward(this.self_attn.forward(x, x, x, masks))
    const feed = (x: Tensor): Tensor => this.dropout2.forward(feedForward(x, this))
    if (this.normFirst) {
      const x = src.add(attend(this.norm1.forward(src)))
      return x.add(feed(this.norm2.forward(x)))
    }
    const x = this.norm1.forward(src.add(attend(src)))
    return this.norm2.forward(x.add(feed(x)))
  }
}

/**
 * A stack of encoder layers and an optional last norm, with the parameters of `nn.TransformerEncoder`.
 *
 * @example
 * const layers = [1, 2].map(() => new TransformerEncoderLayer(32, 4))
 * new TransformerEncoder(layers).forward(randn([2, 10, 32])).shape   // [2, 10, 32]
 */
export class TransformerEncoder extends Module {
  layers: TransformerEncoderLayer[] // the first reads the source
  norm: LayerNorm | undefined // of the last layer's output

  constructor(layers: readonly TransformerEncoderLayer[], norm?: LayerNorm) {
    super()
    this.layers = [...layers]
    this.norm = norm
  }

  /**
   * The source through all layers, each with the same masks.
   *
   * @param src [batch, time, channels]
   * @returns [batch, time, channels]
   * @throws ShapeError, where shapes disagree
   */
  forward(src: Tensor, masks: EncoderMasks = {}): Tensor {
    const x = this.layers.reduce((x, layer) => layer.forward(x, masks), src)
    return this.norm?.forward(x) ?? x
  }
}
