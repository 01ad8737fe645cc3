import { type Tensor, zeros } from '@wids/tensor'
import { type Complete, type Direction, Optimizer, type Grouped, type UpdateRule, zerosFor } from './optimizer.ts'

/** Options of {@link Adafactor}. */
export interface AdafactorOptions extends Direction {
  /** Upper limit of the learning rate, which also falls with 1/√t. Default 0.01. */
  readonly lr?: number | undefined
  /** How fast the decay of averages approaches 1: β₂ = 1 − t^beta2Decay. Default −0.8. */
  readonly beta2Decay?: number | undefined
  /** ε₁, under the root, and ε₂, the least size of weights. Default [2⁻²³, 1e-3]. */
  readonly eps?: readonly [number, number] | undefined
  /** The largest root mean square of an update, d. Default 1. */
  readonly d?: number | undefined
  /** λ, decoupled from the gradients. Default 0. */
  readonly weightDecay?: number | undefined
}

type Settings = Complete<AdafactorOptions>
type Slot = 'row_var' | 'col_var' | 'variance'

/**
 * Adafactor (Shazeer & Stern, 2018; `torch.optim.Adafactor`): Adam without momentum, whose average of squares V of a
 * matrix is kept as its row means R and column means C, V = R C / mean(R). U = g / √V, limited to the root mean square d;
 * w ← w − max(ε₂, rms(w)) · min(lr, 1/√t) · U.
 *
 * @example
 * new Adafactor(model.parameters()).step(grad(loss, model.parameters()))
 */
export class Adafactor extends Optimizer<Settings, Slot> {
  /**
   * @param parameters real tensors, in the order in which `step` takes gradients
   * @throws ArgumentError without parameters, for one that is listed or grouped twice, or an option out of range;
   * DTypeError for integers
   */
  constructor(parameters: readonly Tensor[], { groups = [], ...options }: Grouped<AdafactorOptions> = {}) {
    const { lr = 0.01, beta2Decay = -0.8, eps = [2 ** -23, 1e-3], d = 1, weightDecay = 0, maximize = false } = options
    const settings = { lr, beta2Decay, eps, d, weightDecay, maximize }
    super(parameters, settings, groups, parameter => {
      const { shape, rank, dtype } = parameter
      if (rank < 2) return zerosFor(parameter, 'variance')
      return { row_var: zeros(shape.with(-1, 1), dtype), col_var: zeros(shape.with(-2, 1), dtype) }
    })
  }

  protected override rule(options: Settings, lr: Tensor, step: Tensor): UpdateRule<Slot> {
    const [least, scale] = options.eps
    const share = step.to('f32').log().mul(options.beta2Decay).exp() // 1 − β₂
    const rate = lr.minimum(step.to('f32').rsqrt())
    const kept = lr.mul(-options.weightDecay).add(1)
    return (value, g, state) => {
      const { variance, averages } = value.rank < 2 ? plain(g, state, share) : factored(g, state, share, least)
      const update = g.mul(variance.maximum(least ** 2).rsqrt())
      const excess = rms(update)
        .mul(1 / options.d)
        .maximum(1)
      const move = update.mul(rms(value).maximum(scale).mul(rate).div(excess))
      const start = options.weightDecay === 0 ? value : value.mul(kept)
      return { value: start.sub(move), state: averages }
    }
  }
}

/** √mean(x²) */
const rms = (x: Tensor): Tensor => x.mul(x).mean().sqrt()

interface Estimate {
  readonly variance: Tensor
  readonly averages: Partial<Record<Slot, Tensor>>
}

const toward = (average: Tensor, x: Tensor, share: Tensor): Tensor => average.add(x.sub(average).mul(share))

function plain(g: Tensor, state: Readonly<Record<Slot, Tensor>>, share: Tensor): Estimate {
  const variance = toward(state.variance, g.mul(g), share)
  return { variance, averages: { variance } }
}

/** [..., n, 1] · [..., 1, m] */
function factored(g: Tensor, state: Readonly<Record<Slot, Tensor>>, share: Tensor, least: number): Estimate {
  const squares = g.mul(g)
  const row_var = toward(state.row_var, squares.mean(-1, true), share) // [..., n, 1]
  const col_var = toward(state.col_var, squares.mean(-2, true), share) // [..., 1, m]
  const mean = row_var.mean(-2, true).maximum(least) // [..., 1, 1]
  return { variance: row_var.mul(col_var).div(mean), averages: { row_var, col_var } }
}
