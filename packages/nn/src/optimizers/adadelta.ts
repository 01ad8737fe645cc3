import type { Tensor } from '@wids/tensor'
import { type Complete, type Direction, Optimizer, type Grouped, type UpdateRule, zerosFor } from './optimizer.ts'

/** Options of {@link Adadelta}. */
export interface AdadeltaOptions extends Direction {
  /** Learning rate. Default 1. */
  readonly lr?: number | undefined
  /** Decay of both averages, ρ. Default 0.9. */
  readonly rho?: number | undefined
  /** Added under both roots, ε. Default 1e-6. */
  readonly eps?: number | undefined
  /** Factor of the weights that is added to the gradients, λ. Default 0. */
  readonly weightDecay?: number | undefined
}

type Settings = Complete<AdadeltaOptions>
type Slot = 'square_avg' | 'acc_delta'

/**
 * Adadelta (Zeiler, 2012; `torch.optim.Adadelta`): g ← g + λw; v ← ρv + (1 − ρ)g²; Δ = g · √(u + ε) / √(v + ε);
 * u ← ρu + (1 − ρ)Δ²; w ← w − lr · Δ.
 *
 * @example
 * new Adadelta(model.parameters()).step(grad(loss, model.parameters()))
 */
export class Adadelta extends Optimizer<Settings, Slot> {
  /**
   * @param parameters real tensors, in the order in which `step` takes gradients
   * @throws ArgumentError without parameters, for one that is listed or grouped twice, or an option out of range;
   * DTypeError for integers
   */
  constructor(parameters: readonly Tensor[], { groups = [], ...options }: Grouped<AdadeltaOptions> = {}) {
    const { lr = 1, rho = 0.9, eps = 1e-6, weightDecay = 0, maximize = false } = options
    super(parameters, { lr, rho, eps, weightDecay, maximize }, groups, parameter =>
      zerosFor(parameter, 'square_avg', 'acc_delta'),
    )
  }

  protected override rule({ rho, eps, weightDecay }: Settings, lr: Tensor): UpdateRule<Slot> {
    const averaged = (average: Tensor, x: Tensor): Tensor => average.mul(rho).add(x.mul(x).mul(1 - rho))
    return (value, gradient, { square_avg, acc_delta }) => {
      const g = weightDecay === 0 ? gradient : gradient.add(value.mul(weightDecay))
      const squares = averaged(square_avg, g)
      const delta = g.mul(acc_delta.add(eps).sqrt()).div(squares.add(eps).sqrt())
      const state = { square_avg: squares, acc_delta: averaged(acc_delta, delta) }
      return { value: value.sub(delta.mul(lr)), state }
    }
  }
}
