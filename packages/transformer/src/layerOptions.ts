import type { Activation } from './feedForward.ts'

/** What encoder and decoder layers have in common; the defaults are PyTorch's. */
export interface LayerOptions {
  /** Channels between the two linear layers of the feed-forward network. Default 2048. */
  readonly dimFeedforward?: number | undefined
  /** Probability of every dropout in the layer, attention weights included. Default 0.1. */
  readonly dropout?: number | undefined
  /** The function between those two layers. Default 'relu'. */
  readonly activation?: Activation | undefined
  /** Added to the variance in the layer norms. Default 1e-5. */
  readonly layerNormEps?: number | undefined
  /** Normalise what goes into attention and feed-forward (pre-norm) instead of what comes out with the residual. Default false. */
  readonly normFirst?: boolean | undefined
  /** Whether linear layers and layer norms have biases. Default true. */
  readonly bias?: boolean | undefined
}

/** The options with their defaults filled in. */
export const withDefaults = (options: LayerOptions) => ({
  dimFeedforward: options.dimFeedforward ?? 2048,
  dropout: options.dropout ?? 0.1,
  activation: options.activation ?? ('relu' as const),
  layerNormEps: options.layerNormEps ?? 1e-5,
  normFirst: options.normFirst ?? false,
  bias: options.bias ?? true,
})
