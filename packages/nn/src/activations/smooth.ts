import { ArgumentError, type Tensor, where } from '@wids/tensor'
import { Module } from '../module/module.ts'

/** Options of {@link Softplus}. */
export interface SoftplusOptions {
  /** β. Default 1. */
  readonly beta?: number | undefined
  /** Where βx is above this, the result is x. Default 20. */
  readonly threshold?: number | undefined
}

/**
 * ln(1 + e^βx) / β, a smooth ReLU (`torch.nn.functional.softplus`). Nothing overflows.
 *
 * @param x [...]
 * @returns the same shape
 * @throws ArgumentError for β that is 0 or NaN
 * @example
 * softplus(tensor([-100, 0, 100]))   // [0, ln 2, 100]
 */
export function softplus(x: Tensor, { beta = 1, threshold = 20 }: SoftplusOptions = {}): Tensor {
  if (beta === 0 || Number.isNaN(beta)) throw new ArgumentError('softplus', `beta is not 0, got ${beta}`)
  if (beta === 1 && threshold === 20) return x.softplus()
  const scaled = x.mul(beta)
  return where(scaled.gt(threshold), x, scaled.softplus().mul(1 / beta))
}

/**
 * x · tanh(softplus(x)) (Misra, 2019; `torch.nn.functional.mish`).
 *
 * @param x [...]
 * @returns the same shape
 * @example
 * mish(tensor([0, 1]))   // [0, 0.865]
 */
export const mish = (x: Tensor): Tensor => x.mul(x.softplus().tanh())

/**
 * x · σ(1.702 x), the approximation of GELU that CLIP uses (Hendrycks & Gimpel, 2016).
 *
 * @param x [...]
 * @returns the same shape
 * @example
 * quickGelu(tensor([0, 1]))   // [0, 0.846]
 */
export const quickGelu = (x: Tensor): Tensor => x.mul(x.mul(1.702).sigmoid())

/**
 * `softplus` as a module (`torch.nn.Softplus`).
 *
 * @example
 * new Softplus({ beta: 2 }).forward(tensor([0]))   // [½ ln 2]
 */
export class Softplus extends Module {
  /** β and the threshold, as given. */
  readonly options: SoftplusOptions

  constructor(options: SoftplusOptions = {}) {
    super()
    this.options = options
  }

  /**
   * [...] to [...].
   *
   * @throws ArgumentError for β that is 0 or NaN
   */
  forward(x: Tensor): Tensor {
    return softplus(x, this.options)
  }
}

/**
 * `mish` as a module (`torch.nn.Mish`).
 *
 * @example
 * new Mish().forward(tensor([0, 1]))   // [0, 0.865]
 */
export class Mish extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return mish(x)
  }
}

/**
 * `quickGelu` as a module.
 *
 * @example
 * new QuickGELU().forward(tensor([0, 1]))   // [0, 0.846]
 */
export class QuickGELU extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return quickGelu(x)
  }
}
