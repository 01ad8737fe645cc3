import { ArgumentError, type Tensor, where } from '@wids/tensor'
import { Module } from '../module/module.ts'

/** x between two limits, at which the gradient is 0. */
const between = (x: Tensor, low: number, high: number): Tensor => where(x.le(low), low, where(x.ge(high), high, x))

/**
 * x limited to [low, high], with gradient 0 at the limits (`torch.nn.functional.hardtanh`).
 *
 * @param x [...]
 * @param low default −1
 * @param high default 1
 * @returns the same shape
 * @throws ArgumentError unless low < high
 * @example
 * hardtanh(tensor([-2, 0.5, 2]))   // [-1, 0.5, 1]
 */
export function hardtanh(x: Tensor, low = -1, high = 1): Tensor {
  if (!(low < high)) throw new ArgumentError('hardtanh', `low < high is needed, got ${low} and ${high}`)
  return between(x, low, high)
}

/**
 * min(max(x, 0), 6) (Krizhevsky, 2010; `torch.nn.functional.relu6`).
 *
 * @param x [...]
 * @returns the same shape
 * @example
 * relu6(tensor([-1, 3, 9]))   // [0, 3, 6]
 */
export const relu6 = (x: Tensor): Tensor => between(x, 0, 6)

/**
 * min(max(x + 3, 0), 6) / 6 (Howard et al., 2019; `torch.nn.functional.hardsigmoid`).
 *
 * @param x [...]
 * @returns the same shape
 * @example
 * hardsigmoid(tensor([-3, 0, 3]))   // [0, 0.5, 1]
 */
export const hardsigmoid = (x: Tensor): Tensor => relu6(x.add(3)).mul(1 / 6)

/**
 * x · min(max(x + 3, 0), 6) / 6 (Howard et al., 2019; `torch.nn.functional.hardswish`).
 *
 * @param x [...]
 * @returns the same shape
 * @example
 * hardswish(tensor([-3, 0, 3]))   // [0, 0, 3]
 */
export const hardswish = (x: Tensor): Tensor => where(x.le(-3), 0, where(x.ge(3), x, x.mul(x.add(3)).mul(1 / 6)))

/**
 * `hardtanh` as a module (`torch.nn.Hardtanh`).
 *
 * @example
 * new Hardtanh(-2, 2).forward(tensor([-5, 1]))   // [-2, 1]
 */
export class Hardtanh extends Module {
  /** Lower limit. Default −1. */
  readonly low: number
  /** Upper limit. Default 1. */
  readonly high: number

  constructor(low = -1, high = 1) {
    super()
    this.low = low
    this.high = high
  }

  /**
   * [...] to [...].
   *
   * @throws ArgumentError unless low < high
   */
  forward(x: Tensor): Tensor {
    return hardtanh(x, this.low, this.high)
  }
}

/**
 * `relu6` as a module (`torch.nn.ReLU6`).
 *
 * @example
 * new ReLU6().forward(tensor([-1, 3, 9]))   // [0, 3, 6]
 */
export class ReLU6 extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return relu6(x)
  }
}

/**
 * `hardsigmoid` as a module (`torch.nn.Hardsigmoid`).
 *
 * @example
 * new Hardsigmoid().forward(tensor([-3, 0, 3]))   // [0, 0.5, 1]
 */
export class Hardsigmoid extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return hardsigmoid(x)
  }
}

/**
 * `hardswish` as a module (`torch.nn.Hardswish`).
 *
 * @example
 * new Hardswish().forward(tensor([-3, 0, 3]))   // [0, 0, 3]
 */
export class Hardswish extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return hardswish(x)
  }
}
