import { ArgumentError, type Tensor } from '@wids/tensor'
import { type Complete, type Direction, Optimizer, type Grouped, type UpdateRule, zerosFor } from './optimizer.ts'

/** Options of {@link Muon}. */
export interface MuonOptions extends Direction {
  /** Learning rate. Default 1e-3. */
  readonly lr?: number | undefined
  /** λ, decoupled from the gradients. Default 0.1. */
  readonly weightDecay?: number | undefined
  /** Decay of the average of gradients, μ. Default 0.95. */
  readonly momentum?: number | undefined
  /** Look ahead by one step. Default true. */
  readonly nesterov?: boolean | undefined
  /** a, b, c of the iteration. Default [3.4445, −4.775, 2.0315]. */
  readonly coefficients?: readonly [number, number, number] | undefined
  /** Least norm that gradients are divided by. Default 1e-7. */
  readonly eps?: number | undefined
  /** Iterations. Default 5. */
  readonly iterations?: number | undefined
  /**
   * How the learning rate depends on a matrix [out, in]: 'original' √max(1, out / in), 'matchRmsAdamW'
   * 0.2 √max(out, in), for learning rates as with AdamW. Default 'original'.
   */
  readonly adjust?: 'original' | 'matchRmsAdamW' | undefined
}

type Settings = Complete<MuonOptions>

/**
 * Muon (Jordan et al., 2024; `torch.optim.Muon`), for the matrices of hidden layers; give embeddings, heads and vectors
 * to AdamW. m ← μm + (1 − μ)g; O = the nearest orthogonal matrix to m (or to μm + (1 − μ)g with Nesterov), roughly, by
 * X ← aX + (bA + cA²)X, A = XXᵀ; w ← (1 − lr · λ)w − lr · adjust · O.
 *
 * @example
 * const matrices = model.parameters().filter(p => p.rank === 2)
 * new Muon(matrices, { lr: 0.02 }).step(grad(loss, matrices))
 */
export class Muon extends Optimizer<Settings, 'momentum_buffer'> {
  /** @throws ArgumentError for a parameter that is no matrix */
  constructor(parameters: readonly Tensor[], { groups = [], ...options }: Grouped<MuonOptions> = {}) {
    const { lr = 1e-3, weightDecay = 0.1, momentum = 0.95, nesterov = true, maximize = false, ...rest } = options
    const { coefficients = [3.4445, -4.775, 2.0315], eps = 1e-7, iterations = 5, adjust = 'original' } = rest
    const settings: Settings = { lr, weightDecay, momentum, nesterov, coefficients, eps, iterations, adjust, maximize }
    super(parameters, settings, groups, parameter => {
      if (parameter.rank !== 2)
        throw new ArgumentError('Muon', `parameters are matrices, got [${parameter.shape.join(', ')}]`)
      return zerosFor(parameter, 'momentum_buffer')
    })
  }

  protected override rule(options: Settings, lr: Tensor): UpdateRule<'momentum_buffer'> {
    const { momentum, nesterov, weightDecay } = options
    const kept = lr.mul(-weightDecay).add(1)
    const averaged = (m: Tensor, g: Tensor): Tensor => m.mul(momentum).add(g.mul(1 - momentum))
    return (value, g, { momentum_buffer: before }) => {
      const m = averaged(before, g)
      const direction = orthogonalized(nesterov ? averaged(m, g) : m, options)
      const next = value.mul(kept).sub(direction.mul(lr.mul(adjustment(value, options))))
      return { value: next, state: { momentum_buffer: m } }
    }
  }
}

function adjustment({ shape }: Tensor, { adjust }: Settings): number {
  const [out, into] = shape as [number, number]
  return adjust === 'original' ? Math.sqrt(Math.max(1, out / into)) : 0.2 * Math.sqrt(Math.max(out, into))
}

/** X ← aX + (bA + cA²)X with A = XXᵀ, which brings all singular values to between about 0.7 and 1.2. */
function orthogonalized(m: Tensor, { coefficients: [a, b, c], eps, iterations }: Settings): Tensor {
  const tall = m.shape[0]! > m.shape[1]!
  const wide = tall ? m.transpose() : m
  let x = wide.div(wide.norm().maximum(eps))
  for (let i = 0; i < iterations; i++) {
    const gram = x.matmul(x.transpose())
    x = x.mul(a).add(gram.mul(b).add(gram.matmul(gram).mul(c)).matmul(x))
  }
  return tall ? x.transpose() : x
}
