import { ArgumentError, type Tensor, where } from '@wids/tensor'
import { type Complete, type Direction, Optimizer, type Grouped, type UpdateRule, zerosFor } from './optimizer.ts'

/** Options of {@link SGD}. */
export interface SGDOptions extends Direction {
  /** Learning rate. Default 1e-3. */
  readonly lr?: number | undefined
  /** How much of the last step goes into the next, μ. Default 0. */
  readonly momentum?: number | undefined
  /** How much less of the gradient goes into the momentum, τ. Default 0. */
  readonly dampening?: number | undefined
  /** Factor of the weights that is added to the gradients, λ. Default 0. */
  readonly weightDecay?: number | undefined
  /** Look ahead by one step (Nesterov, 1983). Default false. */
  readonly nesterov?: boolean | undefined
}

type Settings = Complete<SGDOptions>

/**
 * Gradient descent with momentum (`torch.optim.SGD`): g ← g + λw; b ← μb + (1 − τ)g; w ← w − lr · b, or with Nesterov's
 * look-ahead w − lr · (g + μb). The first b is g.
 *
 * @example
 * const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })
 * optimizer.step(grad(loss, model.parameters()))
 */
export class SGD extends Optimizer<Settings, 'momentum_buffer'> {
  /**
   * @param parameters real tensors, in the order in which `step` takes gradients
   * @throws ArgumentError without parameters, for one that is listed or grouped twice, or an option out of range;
   * DTypeError for integers
   */
  constructor(parameters: readonly Tensor[], { groups = [], ...options }: Grouped<SGDOptions> = {}) {
    const { lr = 1e-3, momentum = 0, dampening = 0, weightDecay = 0, nesterov = false, maximize = false } = options
    if (nesterov && !(momentum > 0 && dampening === 0))
      throw new ArgumentError('SGD', `nesterov needs momentum and no dampening, got ${momentum} and ${dampening}`)
    const settings = { lr, momentum, dampening, weightDecay, nesterov, maximize }
    super(parameters, settings, groups, (parameter, own) =>
      own.momentum === 0 ? {} : zerosFor(parameter, 'momentum_buffer'),
    )
  }

  protected override rule(options: Settings, lr: Tensor, step: Tensor): UpdateRule<'momentum_buffer'> {
    const { momentum, dampening, weightDecay, nesterov } = options
    return (value, gradient, { momentum_buffer: buffer }) => {
      const g = weightDecay === 0 ? gradient : gradient.add(value.mul(weightDecay))
      if (momentum === 0) return { value: value.sub(g.mul(lr)), state: {} }
      const later = buffer.mul(momentum).add(g.mul(1 - dampening))
      const next = dampening === 0 ? later : where(step.eq(1), g, later)
      const direction = nesterov ? g.add(next.mul(momentum)) : next
      return { value: value.sub(direction.mul(lr)), state: { momentum_buffer: next } }
    }
  }
}
