import { LayerNorm, Module, xavierUniform } from '@wids/nn'
import type { Tensor } from '@wids/tensor'
import { type DecoderMasks, TransformerDecoder, TransformerDecoderLayer } from './decoder.ts'
import { TransformerEncoder, TransformerEncoderLayer } from './encoder.ts'
import { type LayerOptions, withDefaults } from './layerOptions.ts'

/** The sizes of a `Transformer`; the defaults are PyTorch's, which are those of the paper's base model. */
export interface TransformerOptions extends LayerOptions {
  /** Channels of source and target. Default 512. */
  readonly dModel?: number | undefined
  /** Attention heads; they divide the channels. Default 8. */
  readonly nhead?: number | undefined
  /** Layers of the encoder. Default 6. */
  readonly numEncoderLayers?: number | undefined
  /** Layers of the decoder. Default 6. */
  readonly numDecoderLayers?: number | undefined
}

/** What may not be seen: by the source of itself, by the target of itself and of the encoded source. */
export interface TransformerMasks extends DecoderMasks {
  /** Of source positions against source positions; see `AttentionMasks.attnMask`. */
  readonly srcMask?: Tensor | undefined
  /** [batch, sources], true where the source is padding. */
  readonly srcKeyPaddingMask?: Tensor | undefined
  /** Hide later sources from the source. Default false. */
  readonly srcIsCausal?: boolean | undefined
}

/**
 * The encoder–decoder Transformer (Vaswani et al., 2017), with the parameters of `nn.Transformer`, whose state dict it
 * loads; batch first. It works on embedded sequences: embeddings, positions and the output layer are the caller's.
 *
 * @example
 * const model = new Transformer({ dModel: 32, nhead: 4, numEncoderLayers: 1, numDecoderLayers: 1 })
 * const source = randn([2, 10, 32]), target = randn([2, 7, 32])
 * model.forward(source, target, { tgtIsCausal: true }).shape   // [2, 7, 32]
 */
export class Transformer extends Module {
  encoder: TransformerEncoder // of the source
  decoder: TransformerDecoder // of the target

  /** @throws ArgumentError unless `nhead` divides `dModel` and the dropout lies between 0 and 1 */
  constructor(options: TransformerOptions = {}) {
    super()
    const { dModel = 512, nhead = 8, numEncoderLayers = 6, numDecoderLayers = 6 } = options
    const { layerNormEps: eps, bias } = withDefaults(options)
    const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)
    const norm = (): LayerNorm => new LayerNorm(dModel, { eps, bias })
    this.encoder = new TransformerEncoder(
      times(numEncoderLayers, () => new TransformerEncoderLayer(dModel, nhead, options)),
      norm(),
    )
    this.decoder = new TransformerDecoder(
      times(numDecoderLayers, () => new TransformerDecoderLayer(dModel, nhead, options)),
      norm(),
    )
    for (const parameter of this.parameters()) if (parameter.rank > 1) parameter.assign(xavierUniform(parameter.shape))
  }

  /**
   * The decoded target, which the caller's output layer turns into logits.
   *
   * @param src [batch, sources, channels]
   * @param tgt [batch, targets, channels]
   * @returns [batch, targets, channels]
   * @throws ShapeError, where shapes disagree
   */
  forward(src: Tensor, tgt: Tensor, masks: TransformerMasks = {}): Tensor {
    const { srcMask: mask, srcKeyPaddingMask, srcIsCausal: isCausal } = masks
    const memory = this.encoder.forward(src, { mask, srcKeyPaddingMask, isCausal }) // [batch, sources, channels]
    return this.decoder.forward(tgt, memory, masks)
  }
}
