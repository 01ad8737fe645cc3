import { Dropout, Linear, Module } from '@wids/nn'
import type { Tensor } from '@wids/tensor'

/** The function between two linear layers: one of the usual, or any other that keeps the shape. */
export type Activation = 'relu' | 'gelu' | ((x: Tensor) => Tensor)

/** The parts of a position-wise feed-forward network, named as in PyTorch's transformer layers. */
interface FeedForwardParts {
  readonly linear1: Linear
  readonly linear2: Linear
  readonly dropout: Dropout
  readonly activation: Activation
}

/** FFN(x) = f(x W₁ + b₁) W₂ + b₂ (Vaswani et al., 2017, eq. 2), the same at every position. */
export function feedForward(x: Tensor, { linear1, linear2, dropout, activation }: FeedForwardParts): Tensor {
  const inner = linear1.forward(x) // [batch, time, hidden]
  const active = typeof activation === 'function' ? activation(inner) : inner[activation]()
  return linear2.forward(dropout.forward(active)) // [batch, time, channels]
}

/**
 * The position-wise feed-forward network f(x W₁ + b₁) W₂ + b₂ (Vaswani et al., 2017, §3.3) as a module of its own.
 *
 * @example
 * new FeedForward(32, 128).forward(randn([2, 10, 32])).shape   // [2, 10, 32]
 */
export class FeedForward extends Module implements FeedForwardParts {
  linear1: Linear // channels to hidden
  linear2: Linear // and back
  dropout: Dropout // between them
  readonly activation: Activation // before the dropout

  /**
   * @param channels of input and output
   * @param hidden channels between the linear layers
   * @param options `dropout`: probability of a hidden element to be dropped in training, default 0; `activation`: default
   * 'relu'; `bias`: whether the linear layers add one, default true
   * @throws ArgumentError unless the dropout lies between 0 and 1
   */
  constructor(
    channels: number,
    hidden: number,
    options: { readonly dropout?: number; readonly activation?: Activation; readonly bias?: boolean } = {},
  ) {
    super()
    const { dropout = 0, activation = 'relu', bias = true } = options
    this.linear1 = new Linear(channels, hidden, { bias })
    this.linear2 = new Linear(hidden, channels, { bias })
    this.dropout = new Dropout(dropout)
    this.activation = activation
  }

  /**
   * The same at every position.
   *
   * @param x [..., channels]
   * @returns [..., channels]
   * @throws ShapeError for another number of channels
   */
  forward(x: Tensor): Tensor {
    return feedForward(x, this)
  }
}
