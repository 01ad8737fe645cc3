import type { Tensor } from '@wids/tensor'
import { type Complete, type Direction, Optimizer, type Grouped, type UpdateRule, zerosFor } from './optimizer.ts'

/** Options of {@link RMSprop}. */
export interface RMSpropOptions extends Direction {
  /** Learning rate. Default 0.01. */
  readonly lr?: number | undefined
  /** Decay of the average of squares, α. Default 0.99. */
  readonly alpha?: number | undefined
  /** Added to the denominator, ε. Default 1e-8. */
  readonly eps?: number | undefined
  /** Factor of the weights that is added to the gradients, λ. Default 0. */
  readonly weightDecay?: number | undefined
  /** How much of the last step goes into the next, μ. Default 0. */
  readonly momentum?: number | undefined
  /** Whether gradients are compared with their variance instead of their mean square. Default false. */
  readonly centered?: boolean | undefined
}

type Settings = Complete<RMSpropOptions>
type Slot = 'square_avg' | 'momentum_buffer' | 'grad_avg'

/**
 * RMSprop (Hinton, lecture 6e, 2012; `torch.optim.RMSprop`): g ← g + λw; v ← αv + (1 − α)g²; w ← w − lr · g / (√v + ε).
 * Centered, v − m² stands for v, with m ← αm + (1 − α)g; with momentum b ← μb + g / (√v + ε); w ← w − lr · b.
 *
 * @example
 * new RMSprop(model.parameters(), { lr: 1e-3 }).step(grad(loss, model.parameters()))
 */
export class RMSprop extends Optimizer<Settings, Slot> {
  /**
   * @param parameters real tensors, in the order in which `step` takes gradients
   * @throws ArgumentError without parameters, for one that is listed or grouped twice, or an option out of range;
   * DTypeError for integers
   */
  constructor(parameters: readonly Tensor[], { groups = [], ...options }: Grouped<RMSpropOptions> = {}) {
    const {
      lr = 0.01,
      alpha = 0.99,
      eps = 1e-8,
      weightDecay = 0,
      momentum = 0,
      centered = false,
      maximize = false,
    } = options
    const settings = { lr, alpha, eps, weightDecay, momentum, centered, maximize }
    super(parameters, settings, groups, (parameter, own) => ({
      ...zerosFor(parameter, 'square_avg'),
      ...(own.momentum === 0 ? {} : zerosFor(parameter, 'momentum_buffer')),
      ...(own.centered ? zerosFor(parameter, 'grad_avg') : {}),
    }))
  }

  protected override rule(options: Settings, lr: Tensor): UpdateRule<Slot> {
    const { alpha, eps, weightDecay, momentum, centered } = options
    const averaged = (average: Tensor, x: Tensor): Tensor => average.mul(alpha).add(x.mul(1 - alpha))
    return (value, gradient, state) => {
      const g = weightDecay === 0 ? gradient : gradient.add(value.mul(weightDecay))
      const squares = averaged(state.square_avg, g.mul(g))
      const mean = centered ? averaged(state.grad_avg, g) : undefined
      const spread = mean === undefined ? squares : squares.sub(mean.mul(mean))
      const direction = g.div(spread.sqrt().add(eps))
      const next = momentum === 0 ? direction : state.momentum_buffer.mul(momentum).add(direction)
      return {
        value: value.sub(next.mul(lr)),
        state: {
          square_avg: squares,
          ...(momentum === 0 ? {} : { momentum_buffer: next }),
          ...(mean === undefined ? {} : { grad_avg: mean }),
        },
      }
    }
  }
}
