import type { Tensor } from '@wids/tensor'
import { type Complete, type Direction, Optimizer, type Grouped, type UpdateRule, zerosFor } from './optimizer.ts'

/** Options of {@link Adam} and {@link AdamW}. */
export interface AdamOptions extends Direction {
  /** Learning rate. Default 1e-3. */
  readonly lr?: number | undefined
  /** Decay of the averages of gradients and of their squares, β₁ and β₂. Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number] | undefined
  /** Added to the denominator, ε. Default 1e-8. */
  readonly eps?: number | undefined
  /** Factor of the weights that is added to the gradients (Adam) or taken from the weights (AdamW), λ. Default 0 for Adam, 0.01 for AdamW. */
  readonly weightDecay?: number | undefined
  /** Whether the largest average of squares so far is used (Reddi et al., 2018): AMSGrad. Default false. */
  readonly amsgrad?: boolean | undefined
}

type Settings = Complete<AdamOptions>
type Slot = 'exp_avg' | 'exp_avg_sq' | 'max_exp_avg_sq'

abstract class AdamFamily extends Optimizer<Settings, Slot> {
  constructor(parameters: readonly Tensor[], { groups = [], ...options }: Grouped<AdamOptions>, decay: number) {
    const {
      lr = 1e-3,
      betas = [0.9, 0.999],
      eps = 1e-8,
      weightDecay = decay,
      amsgrad = false,
      maximize = false,
    } = options
    const settings = { lr, betas, eps, weightDecay, amsgrad, maximize }
    super(parameters, settings, groups, (parameter, own) =>
      zerosFor(parameter, 'exp_avg', 'exp_avg_sq', ...(own.amsgrad ? (['max_exp_avg_sq'] as const) : [])),
    )
  }
}

/**
 * Adam (Kingma & Ba, 2015; `torch.optim.Adam`): m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²;
 * w ← w − lr · m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ), or v̂ = max(v) / (1 − β₂ᵗ) for AMSGrad. Weight
 * decay adds λw to g.
 *
 * @example
 * const optimizer = new Adam(model.parameters(), { lr: 1e-3 })
 * optimizer.step(grad(loss, model.parameters()))
 */
export class Adam extends AdamFamily {
  /**
   * @param parameters real tensors, in the order in which `step` takes gradients
   * @throws ArgumentError without parameters, for one that is listed or grouped twice, or an option out of range;
   * DTypeError for integers
   */
  constructor(parameters: readonly Tensor[], options: Grouped<AdamOptions> = {}) {
    super(parameters, options, 0)
  }

  protected override rule(options: Settings, lr: Tensor, step: Tensor): UpdateRule<Slot> {
    const move = adam(options, lr, step)
    const { weightDecay } = options
    return (value, gradient, state) =>
      move(value, weightDecay === 0 ? gradient : gradient.add(value.mul(weightDecay)), state)
  }
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter, 2019; `torch.optim.AdamW`): w ← w − lr · λ · w before Adam's step.
 *
 * @example
 * // Decay matrices only, as GPTs do.
 * const vectors = model.parameters().filter(p => p.rank < 2)
 * new AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0.1, groups: [{ parameters: vectors, weightDecay: 0 }] })
 */
export class AdamW extends AdamFamily {
  /**
   * @param parameters real tensors, in the order in which `step` takes gradients
   * @throws ArgumentError without parameters, for one that is listed or grouped twice, or an option out of range;
   * DTypeError for integers
   */
  constructor(parameters: readonly Tensor[], options: Grouped<AdamOptions> = {}) {
    super(parameters, options, 0.01)
  }

  protected override rule(options: Settings, lr: Tensor, step: Tensor): UpdateRule<Slot> {
    const move = adam(options, lr, step)
    const { weightDecay } = options
    const kept = lr.mul(-weightDecay).add(1)
    return (value, gradient, state) => move(weightDecay === 0 ? value : value.mul(kept), gradient, state)
  }
}

/** Adam's step without weight decay. */
function adam({ betas: [beta1, beta2], eps, amsgrad }: Settings, lr: Tensor, step: Tensor): UpdateRule<Slot> {
  const rate = lr.div(correction(beta1, step))
  const scale = correction(beta2, step).rsqrt()
  return (value, g, { exp_avg, exp_avg_sq, max_exp_avg_sq }) => {
    const m = exp_avg.mul(beta1).add(g.mul(1 - beta1))
    const v = exp_avg_sq.mul(beta2).add(g.mul(g).mul(1 - beta2))
    const squares = amsgrad ? max_exp_avg_sq.maximum(v) : v
    const next = value.sub(m.mul(rate).div(squares.sqrt().mul(scale).add(eps)))
    const state = { exp_avg: m, exp_avg_sq: v }
    return { value: next, state: amsgrad ? { ...state, max_exp_avg_sq: squares } : state }
  }
}

/** 1 − βᵗ = −(e^(t ln β) − 1), which keeps its digits where βᵗ is close to 1. */
const correction = (beta: number, step: Tensor): Tensor => step.to('f32').mul(Math.log(beta)).expm1().neg()
