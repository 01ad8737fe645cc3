import type { Tensor } from '@wids/tensor'
import { type Complete, type Direction, Optimizer, type Grouped, type UpdateRule, zerosFor } from './optimizer.ts'

/** Options of {@link Lion}. */
export interface LionOptions extends Direction {
  /** Learning rate, three to ten times less than Adam's. Default 1e-4. */
  readonly lr?: number | undefined
  /** β₁ of the step and β₂ of the average. Default [0.9, 0.99]. */
  readonly betas?: readonly [number, number] | undefined
  /** λ, decoupled from the gradients; three to ten times that of AdamW. Default 0. */
  readonly weightDecay?: number | undefined
}

type Settings = Complete<LionOptions>

/**
 * Lion (Chen et al., "Symbolic discovery of optimization algorithms", 2023): w ← w − lr · (sign(β₁m + (1 − β₁)g) + λw);
 * m ← β₂m + (1 − β₂)g.
 *
 * @example
 * new Lion(model.parameters(), { lr: 1e-4, weightDecay: 0.1 }).step(grad(loss, model.parameters()))
 */
export class Lion extends Optimizer<Settings, 'exp_avg'> {
  /**
   * @param parameters real tensors, in the order in which `step` takes gradients
   * @throws ArgumentError without parameters, for one that is listed or grouped twice, or an option out of range;
   * DTypeError for integers
   */
  constructor(parameters: readonly Tensor[], { groups = [], ...options }: Grouped<LionOptions> = {}) {
    const { lr = 1e-4, betas = [0.9, 0.99], weightDecay = 0, maximize = false } = options
    super(parameters, { lr, betas, weightDecay, maximize }, groups, parameter => zerosFor(parameter, 'exp_avg'))
  }

  protected override rule({ betas: [beta1, beta2], weightDecay }: Settings, lr: Tensor): UpdateRule<'exp_avg'> {
    return (value, g, { exp_avg: m }) => {
      const direction = m
        .mul(beta1)
        .add(g.mul(1 - beta1))
        .sign()
      const whole = weightDecay === 0 ? direction : direction.add(value.mul(weightDecay))
      return { value: value.sub(whole.mul(lr)), state: { exp_avg: m.mul(beta2).add(g.mul(1 - beta2)) } }
    }
  }
}
