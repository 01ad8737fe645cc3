import { type DType, full, ShapeError, type Tensor, where } from '@wids/tensor'
import { Module } from '../module/module.ts'
import { parameter } from '../module/parameter.ts'

/**
 * x, or α(eˣ − 1) where x is negative (Clevert et al., 2016; `torch.nn.functional.elu`).
 *
 * @param x [...]
 * @param alpha α. Default 1
 * @returns the same shape
 * @example
 * elu(tensor([-100, 2]))   // [-1, 2]
 */
export const elu = (x: Tensor, alpha = 1): Tensor => x.elu(alpha)

/**
 * λ · elu(x, α) with the α and λ that keep mean 0 and variance 1 (Klambauer et al., 2017; `torch.nn.functional.selu`).
 *
 * @param x [...]
 * @returns the same shape
 * @example
 * selu(tensor([-100, 1]))   // [-1.758, 1.051]
 */
export const selu = (x: Tensor): Tensor => x.elu(1.6732632423543772).mul(1.0507009873554805)

/**
 * x, or a learned slope · x where x is negative (He et al., 2015; `torch.nn.functional.prelu`).
 *
 * @param x [batch, channels, ...], or [n] of one channel each
 * @param weight [1] or [channels], the slopes
 * @returns the shape of x
 * @throws ShapeError if there are other channels than slopes
 * @example
 * prelu(tensor([-2, 2]), tensor([0.25]))   // [-0.5, 2]
 */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  const channels = x.rank > 1 ? x.shape[1] : 1
  if (weight.rank !== 1 || (weight.size !== 1 && weight.size !== channels))
    throw new ShapeError('prelu', `slopes are [1] or [${channels}], got [${weight.shape.join(', ')}]`, [
      x.shape,
      weight.shape,
    ])
  const slope = weight.reshape(x.shape.map((_, axis) => (axis === 1 || x.rank === 1 ? weight.size : 1)))
  return where(x.gt(0), x, x.mul(slope))
}

/**
 * `elu` as a module (`torch.nn.ELU`).
 *
 * @example
 * new ELU(0.5).forward(tensor([-100, 2]))   // [-0.5, 2]
 */
export class ELU extends Module {
  /** α, what negative numbers approach. Default 1. */
  readonly alpha: number

  constructor(alpha = 1) {
    super()
    this.alpha = alpha
  }

  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return elu(x, this.alpha)
  }
}

/**
 * `selu` as a module (`torch.nn.SELU`).
 *
 * @example
 * new SELU().forward(tensor([-100, 1]))   // [-1.758, 1.051]
 */
export class SELU extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return selu(x)
  }
}

/** Options of {@link PReLU}. */
export interface PReLUOptions {
  /** 1, or one slope for each channel. Default 1. */
  readonly numParameters?: number | undefined
  /** What slopes start with. Default 0.25. */
  readonly init?: number | undefined
  /** Of the slopes. Default 'f32'. */
  readonly dtype?: DType | undefined
}

/**
 * `prelu` with its slopes (`torch.nn.PReLU`).
 *
 * @example
 * new PReLU({ numParameters: 8 }).forward(randn([4, 8, 5])).shape   // [4, 8, 5]
 */
export class PReLU extends Module {
  /** [numParameters], the slopes. */
  weight: Tensor

  /** @throws ShapeError unless `numParameters` is a whole number of at least 0 */
  constructor({ numParameters = 1, init = 0.25, dtype = 'f32' }: PReLUOptions = {}) {
    super()
    this.weight = parameter(full([numParameters], init, dtype))
  }

  /**
   * @param x [batch, channels, ...], or [n] of one channel each
   * @returns the same shape
   * @throws ShapeError if there are other channels than slopes
   */
  forward(x: Tensor): Tensor {
    return prelu(x, this.weight)
  }
}
