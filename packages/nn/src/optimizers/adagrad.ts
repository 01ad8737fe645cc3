import { full, type Tensor } from '@wids/tensor'
import { type Complete, type Direction, Optimizer, type Grouped, type UpdateRule } from './optimizer.ts'

/** Options of {@link Adagrad}. */
export interface AdagradOptions extends Direction {
  /** Learning rate. Default 0.01. */
  readonly lr?: number | undefined
  /** How fast the learning rate falls, δ. Default 0. */
  readonly lrDecay?: number | undefined
  /** Factor of the weights that is added to the gradients, λ. Default 0. */
  readonly weightDecay?: number | undefined
  /** What sums of squares start with. Default 0. */
  readonly initialAccumulatorValue?: number | undefined
  /** Added to the denominator, ε. Default 1e-10. */
  readonly eps?: number | undefined
}

type Settings = Complete<AdagradOptions>

/**
 * Adagrad (Duchi et al., 2011; `torch.optim.Adagrad`): g ← g + λw; s ← s + g²;
 * w ← w − lr / (1 + (t − 1)δ) · g / (√s + ε).
 *
 * @example
 * new Adagrad(model.parameters()).step(grad(loss, model.parameters()))
 */
export class Adagrad extends Optimizer<Settings, 'sum'> {
  /**
   * @param parameters real tensors, in the order in which `step` takes gradients
   * @throws ArgumentError without parameters, for one that is listed or grouped twice, or an option out of range;
   * DTypeError for integers
   */
  constructor(parameters: readonly Tensor[], { groups = [], ...options }: Grouped<AdagradOptions> = {}) {
    const {
      lr = 0.01,
      lrDecay = 0,
      weightDecay = 0,
      initialAccumulatorValue = 0,
      eps = 1e-10,
      maximize = false,
    } = options
    const settings = { lr, lrDecay, weightDecay, initialAccumulatorValue, eps, maximize }
    super(parameters, settings, groups, ({ shape, dtype }, own) => ({
      sum: full(shape, own.initialAccumulatorValue, dtype),
    }))
  }

  protected override rule(options: Settings, lr: Tensor, step: Tensor): UpdateRule<'sum'> {
    const { lrDecay, weightDecay, eps } = options
    const rate = lrDecay === 0 ? lr : lr.div(step.sub(1).to('f32').mul(lrDecay).add(1))
    return (value, gradient, { sum }) => {
      const g = weightDecay === 0 ? gradient : gradient.add(value.mul(weightDecay))
      const next = sum.add(g.mul(g))
      return { value: value.sub(g.mul(rate).div(next.sqrt().add(eps))), state: { sum: next } }
    }
  }
}
