import { ArgumentError, type Tensor, where } from '@wids/tensor'
import { Module } from '../module/module.ts'

/** x between two limits, at which the gradient is 0. */
const between = (x: Tensor, low: number, high: number): Tensor => where(x.le(low), low, where(x.ge(high), high, x))

/**
 * x limited to [low, high], with gradient 0 at the limits (`torch.nn.functional.hardtanh`).
 *
 * @throws ArgumentError unless low < high
 * @example
 * hardtanh(tensor([-2, 0.5, 2]))   // [-1, 0.5, 1]
 */
export function hardtanh(x: Tensor, low = -1, high = 1): Tensor {
  if (!(low < high)) throw new ArgumentError('hardtanh', `low < high is needed, got ${low} and ${high}`)
  return between(x, low, high)
}

/** min(max(x, 0), 6) (Howard et al., 2017; `relu6`). */
export const relu6 = (x: Tensor): Tensor => between(x, 0, 6)
/** min(max(x + 3, 0), 6) / 6 (`hardsigmoid`). */
export const hardsigmoid = (x: Tensor): Tensor => relu6(x.add(3)).mul(1 / 6)
/** x · min(max(x + 3, 0), 6) / 6 (Howard et al., 2019; `hardswish`). */
export const hardswish = (x: Tensor): Tensor => where(x.le(-3), 0, where(x.ge(3), x, x.mul(x.add(3)).mul(1 / 6)))

/** `hardtanh` as a module. */
export class Hardtanh extends Module {
  readonly low: number
  readonly high: number
  constructor(low = -1, high = 1) {
    super()
    this.low = low
    this.high = high
  }
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return hardtanh(x, this.low, this.high)
  }
}

/** `relu6` as a module. */
export class ReLU6 extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return relu6(x)
  }
}

/** `hardsigmoid` as a module. */
export class Hardsigmoid extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return hardsigmoid(x)
  }
}

/** `hardswish` as a module. */
export class Hardswish extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return hardswish(x)
  }
}
