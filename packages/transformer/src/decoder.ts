import { Dropout, LayerNorm, Linear, Module } from '@wids/nn'
import type { Tensor } from '@wids/tensor'
import { type Activation, feedForward } from './feedForward.ts'
import { type LayerOptions, withDefaults } from './layerOptions.ts'
import { MultiHeadAttention } from './multiHeadAttention.ts'

/** What a target position may not see of the target and of the memory (the encoder's output). */
export interface DecoderMasks {
  /** Of target positions against target positions; see `AttentionMasks.attnMask`. */
  readonly tgtMask?: Tensor | undefined
  /** Of target positions against memory positions. */
  readonly memoryMask?: Tensor | undefined
  /** [batch, targets], true where the target is padding. */
  readonly tgtKeyPaddingMask?: Tensor | undefined
  /** [batch, sources], true where the source is padding. */
  readonly memoryKeyPaddingMask?: Tensor | undefined
  /** Hide later targets. Default false. */
  readonly tgtIsCausal?: boolean | undefined
  /** Hide later memory positions. Default false. */
  readonly memoryIsCausal?: boolean | undefined
}

/**
 * Self-attention, attention to the encoder's output and a feed-forward network, each with a residual and a layer norm
 * (Vaswani et al., 2017, §3.1), with the parameters of `nn.TransformerDecoderLayer`, batch first.
 *
 * @example
 * const layer = new TransformerDecoderLayer(32, 4, { dimFeedforward: 64 })
 * layer.forward(randn([2, 7, 32]), randn([2, 10, 32]), { tgtIsCausal: true }).shape   // [2, 7, 32]
 */
export class TransformerDecoderLayer extends Module {
  self_attn: MultiHeadAttention // of target positions to each other
  multihead_attn: MultiHeadAttention // of target positions to the memory
  linear1: Linear // channels to dimFeedforward
  dropout: Dropout // between the linear layers
  linear2: Linear // and back
  norm1: LayerNorm // of self-attention
  norm2: LayerNorm // of attention to the memory
  norm3: LayerNorm // of the feed-forward network
  dropout1: Dropout // behind self-attention
  dropout2: Dropout // behind attention to the memory
  dropout3: Dropout // behind the feed-forward network
  readonly activation: Activation // between the linear layers
  readonly normFirst: boolean // pre-norm instead of post-norm

  /**
   * @param dModel channels of target and memory
   * @param nhead attention heads
   * @throws ArgumentError unless `nhead` divides `dModel` and the dropout lies between 0 and 1
   */
  constructor(dModel: number, nhead: number, options: LayerOptions = {}) {
    super()
    const { dimFeedforward, dropout, activation, layerNormEps: eps, normFirst, bias } = withDefaults(options)
    this.self_attn = new MultiHeadAttention(dModel, nhead, { dropout, bias })
    this.multihead_attn = new MultiHeadAttention(dModel, nhead, { dropout, bias })
    this.linear1 = new Linear(dModel, dimFeedforward, { bias })
    this.dropout = new Dropout(dropout)
    this.linear2 = new Linear(dimFeedforward, dModel, { bias })
    this.norm1 = new LayerNorm(dModel, { eps, bias })
    this.norm2 = new LayerNorm(dModel, { eps, bias })
    this.norm3 = new LayerNorm(dModel, { eps, bias })
    this.dropout1 = new Dropout(dropout)
    this.dropout2 = new Dropout(dropout)
    this.dropout3 = new Dropout(dropout)
    this.activation = activation
    this.normFirst = normFirst
  }

  /**
   * The target with what attention and the feed-forward network add to it.
   *
   * @param tgt [batch, targets, channels]
   * @param memory [batch, sources, channels]
   * @returns [batch, targets, channels]
   * @throws ShapeError, where shapes disagree
   */
  forward(tgt: Tensor, memory: Tensor, masks: DecoderMasks = {}): Tensor {
    const { tgtMask, tgtKeyPaddingMask, tgtIsCausal, memoryMask, memoryKeyPaddingMask, memoryIsCausal } = masks
    const own = { attnMask: tgtMask, keyPaddingMask: tgtKeyPaddingMask, isCausal: tgtIsCausal }
    const other = { attnMask: memoryMask, keyPaddingMask: memoryKeyPaddingMask, isCausal: memoryIsCausal }
    const attend = (x: Tensor): Tensor => this.dropout1.forward(this.self_attn.forward(x, x, x, own))
    const consult = (x: Tensor): Tensor => this.dropout2.forward(this.multihead_attn.forward(x, memory, memory, other))
    const feed = (x: Tensor): Tensor => this.dropout3.forward(feedForward(x, this))
    if (this.normFirst) {
      const x = tgt.add(attend(this.norm1.forward(tgt)))
      const y = x.add(consult(this.norm2.forward(x)))
      return y.add(feed(this.norm3.forward(y)))
    }
    const x = this.norm1.forward(tgt.add(attend(tgt)))
    const y = this.norm2.forward(x.add(consult(x)))
    return this.norm3.forward(y.add(feed(y)))
  }
}

/**
 * A stack of decoder layers and an optional last norm, with the parameters of `nn.TransformerDecoder`.
 *
 * @example
 * const layers = [1, 2].map(() => new TransformerDecoderLayer(32, 4))
 * new TransformerDecoder(layers).forward(randn([2, 7, 32]), randn([2, 10, 32])).shape   // [2, 7, 32]
 */
export class TransformerDecoder extends Module {
  layers: TransformerDecoderLayer[] // the first reads the target
  norm: LayerNorm | undefined // of the last layer's output

  constructor(layers: readonly TransformerDecoderLayer[], norm?: LayerNorm) {
    super()
    this.layers = [...layers]
    this.norm = norm
  }

  /**
   * The target through all layers, each of which sees the same memory and masks.
   *
   * @param tgt [batch, targets, channels]
   * @param memory [batch, sources, channels]
   * @returns [batch, targets, channels]
   * @throws ShapeError, where shapes disagree
   */
  forward(tgt: Tensor, memory: Tensor, masks: DecoderMasks = {}): Tensor {
    const x = this.layers.reduce((x, layer) => layer.forward(x, memory, masks), tgt)
    return this.norm?.forward(x) ?? x
  }
}
