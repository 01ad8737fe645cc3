import type { Tensor } from '@wids/tensor'
import { Module } from '../module/module.ts'

/**
 * 1 / (1 + e⁻ˣ) (`torch.sigmoid`).
 *
 * @param x [...]
 * @returns the same shape
 * @example
 * sigmoid(tensor([0]))   // [0.5]
 */
export const sigmoid = (x: Tensor): Tensor => x.sigmoid()

/**
 * (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ) (`torch.tanh`).
 *
 * @param x [...]
 * @returns the same shape
 * @example
 * tanh(tensor([0, 100]))   // [0, 1]
 */
export const tanh = (x: Tensor): Tensor => x.tanh()

/**
 * max(x, 0) (`torch.relu`).
 *
 * @param x [...]
 * @returns the same shape
 * @example
 * relu(tensor([-2, 3]))   // [0, 3]
 */
export const relu = (x: Tensor): Tensor => x.relu()

/**
 * x, or slope · x where x is negative (Maas et al., 2013; `torch.nn.functional.leaky_relu`).
 *
 * @param x [...]
 * @param negativeSlope default 0.01
 * @returns the same shape
 * @example
 * leakyRelu(tensor([-2, 3]), 0.1)   // [-0.2, 3]
 */
export const leakyRelu = (x: Tensor, negativeSlope = 0.01): Tensor => x.leakyRelu(negativeSlope)

/**
 * x · Φ(x), Φ the standard normal distribution function (Hendrycks & Gimpel, 2016; `torch.nn.functional.gelu`).
 *
 * @param x [...]
 * @param approximate 'tanh' is the approximation of GPT-2. Default 'none'
 * @returns the same shape
 * @example
 * gelu(tensor([-1, 0, 1]), 'tanh')   // [-0.159, 0, 0.841]
 */
export const gelu = (x: Tensor, approximate: 'none' | 'tanh' = 'none'): Tensor => x.gelu(approximate)

/**
 * x · σ(x) (Elfwing et al., 2017; `torch.nn.functional.silu`).
 *
 * @param x [...]
 * @returns the same shape
 * @example
 * silu(tensor([0, 1]))   // [0, 0.731]
 */
export const silu = (x: Tensor): Tensor => x.silu()

/**
 * eˣ / Σ eˣ over an axis (`torch.softmax`).
 *
 * @param x [...]
 * @param axis counted from the end if negative. Default −1
 * @returns the same shape
 * @throws ArgumentError for an axis that x has not
 * @example
 * softmax(tensor([[0, 0], [0, Math.log(3)]]))   // [[0.5, 0.5], [0.25, 0.75]]
 */
export const softmax = (x: Tensor, axis = -1): Tensor => x.softmax(axis)

/**
 * x − ln Σ eˣ over an axis, the logarithm of softmax(x) (`torch.log_softmax`).
 *
 * @param x [...]
 * @param axis counted from the end if negative. Default −1
 * @returns the same shape
 * @throws ArgumentError for an axis that x has not
 * @example
 * logSoftmax(tensor([0, 0]))   // [-ln 2, -ln 2]
 */
export const logSoftmax = (x: Tensor, axis = -1): Tensor => x.logSoftmax(axis)

/**
 * `sigmoid` as a module (`torch.nn.Sigmoid`).
 *
 * @example
 * new Sequential(new Linear(4, 1), new Sigmoid()).forward(randn([8, 4])).shape   // [8, 1]
 */
export class Sigmoid extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return x.sigmoid()
  }
}

/**
 * `tanh` as a module (`torch.nn.Tanh`).
 *
 * @example
 * new Sequential(new Linear(4, 32), new Tanh()).forward(randn([8, 4])).shape   // [8, 32]
 */
export class Tanh extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return x.tanh()
  }
}

/**
 * `relu` as a module (`torch.nn.ReLU`).
 *
 * @example
 * new Sequential(new Linear(4, 32), new ReLU()).forward(randn([8, 4])).shape   // [8, 32]
 */
export class ReLU extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return x.relu()
  }
}

/**
 * `leakyRelu` as a module (`torch.nn.LeakyReLU`).
 *
 * @example
 * new LeakyReLU(0.1).forward(tensor([-2, 3]))   // [-0.2, 3]
 */
export class LeakyReLU extends Module {
  /** What negative numbers are multiplied by. Default 0.01. */
  readonly negativeSlope: number

  constructor(negativeSlope = 0.01) {
    super()
    this.negativeSlope = negativeSlope
  }

  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return x.leakyRelu(this.negativeSlope)
  }
}

/**
 * `gelu` as a module (`torch.nn.GELU`).
 *
 * @example
 * new GELU({ approximate: 'tanh' }).forward(randn([8, 32])).shape   // [8, 32]
 */
export class GELU extends Module {
  /** Whether Φ is approximated with tanh, as in GPT-2. Default 'none'. */
  readonly approximate: 'none' | 'tanh'

  constructor({ approximate = 'none' }: { readonly approximate?: 'none' | 'tanh' } = {}) {
    super()
    this.approximate = approximate
  }

  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return x.gelu(this.approximate)
  }
}

/**
 * `silu` as a module (`torch.nn.SiLU`).
 *
 * @example
 * new SiLU().forward(tensor([0, 1]))   // [0, 0.731]
 */
export class SiLU extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return x.silu()
  }
}

/**
 * `softmax` as a module (`torch.nn.Softmax`).
 *
 * @example
 * new Softmax().forward(randn([8, 10])).sum(-1)   // ones [8]
 */
export class Softmax extends Module {
  /** The axis whose values add up to 1. Default −1. */
  readonly axis: number

  constructor(axis = -1) {
    super()
    this.axis = axis
  }

  /**
   * [...] to [...].
   *
   * @throws ArgumentError for an axis that x has not
   */
  forward(x: Tensor): Tensor {
    return x.softmax(this.axis)
  }
}

/**
 * `logSoftmax` as a module (`torch.nn.LogSoftmax`).
 *
 * @example
 * new LogSoftmax().forward(randn([8, 10])).exp().sum(-1)   // ones [8]
 */
export class LogSoftmax extends Module {
  /** The axis whose exponentials add up to 1. Default −1. */
  readonly axis: number

  constructor(axis = -1) {
    super()
    this.axis = axis
  }

  /**
   * [...] to [...].
   *
   * @throws ArgumentError for an axis that x has not
   */
  forward(x: Tensor): Tensor {
    return x.logSoftmax(this.axis)
  }
}
