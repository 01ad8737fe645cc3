import { Dropout, Linear, Module } from '@wids/nn'
import type { Tensor } from '@wids/tensor'

/** The function between two linear layers: one of the usual, or any other. */
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
 * The position-wise feed-forward network (Vaswani et al., 2017, §3.3) as a module of its own.
 *
 * @example
 * new FeedForward(32, 128).forward(randn([2, 10, 32])).shape   // [2, 10, 32]
 */
export class FeedForward extends Module implements FeedForwardParts {
  linear1: Linear
  linear2: Linear
  dropout: Dropout
  readonly activation: Activation

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

  /** [batch, time, channels] → [batch, time, channels] */
  forward(x: Tensor): Tensor {
    return feedForward(x, this)
  }
}
