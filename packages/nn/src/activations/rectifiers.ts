import { type DType, full, ShapeError, type Tensor, where } from '@wids/tensor'
import { Module } from '../module/module.ts'
import { parameter } from '../module/parameter.ts'

/** x, or α(eˣ − 1) where x is negative (Clevert et al., 2016; `elu`). */
export const elu = (x: Tensor, alpha = 1): Tensor => x.elu(alpha)

/** λ · elu(x, α) with the α and λ that keep mean 0 and variance 1 (Klambauer et al., 2017; `selu`). */
export const selu = (x: Tensor): Tensor => x.elu(1.6732632423543772).mul(1.0507009873554805)

/**
 * x, or a learned slope · x where x is negative (He et al., 2015; `torch.nn.functional.prelu`).
 *
 * @param x [batch, channels, ...], or [n] of one channel each
 * @param weight [1] or [channels]
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

/** `elu` as a module. */
export class ELU extends Module {
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

/** `selu` as a module. */
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
  /** Default 0.25. */
  readonly init?: number | undefined
  /** Default 'f32'. */
  readonly dtype?: DType | undefined
}

/**
 * `prelu` with its slopes (`torch.nn.PReLU`).
 *
 * @example
 * new PReLU({ numParameters: 8 }).forward(randn([4, 8, 5])).shape   // [4, 8, 5]
 */
export class PReLU extends Module {
  weight: Tensor // [numParameters]

  constructor({ numParameters = 1, init = 0.25, dtype = 'f32' }: PReLUOptions = {}) {
    super()
    this.weight = parameter(full([numParameters], init, dtype))
  }

  /** The same shape; see `prelu`. */
  forward(x: Tensor): Tensor {
    return prelu(x, this.weight)
  }
}
