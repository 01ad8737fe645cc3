import type { Tensor } from '@wids/tensor'
import { Module } from '../module/module.ts'

/** 1 / (1 + e⁻ˣ) (`torch.sigmoid`). */
export const sigmoid = (x: Tensor): Tensor => x.sigmoid()
/** (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ) (`torch.tanh`). */
export const tanh = (x: Tensor): Tensor => x.tanh()
/** max(x, 0) (`torch.relu`). */
export const relu = (x: Tensor): Tensor => x.relu()
/** x, or slope · x where x is negative (Maas et al., 2013; `leaky_relu`). */
export const leakyRelu = (x: Tensor, negativeSlope = 0.01): Tensor => x.leakyRelu(negativeSlope)
/** x · Φ(x) (Hendrycks & Gimpel, 2016; `gelu`); 'tanh' is the approximation of GPT-2. */
export const gelu = (x: Tensor, approximate: 'none' | 'tanh' = 'none'): Tensor => x.gelu(approximate)
/** x · σ(x) (Elfwing et al., 2017; `silu`). */
export const silu = (x: Tensor): Tensor => x.silu()
/** eˣ / Σ eˣ over an axis (`softmax`). */
export const softmax = (x: Tensor, axis = -1): Tensor => x.softmax(axis)
/** ln softmax(x) over an axis (`log_softmax`). */
export const logSoftmax = (x: Tensor, axis = -1): Tensor => x.logSoftmax(axis)

/** `sigmoid` as a module. */
export class Sigmoid extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return x.sigmoid()
  }
}

/** `tanh` as a module. */
export class Tanh extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return x.tanh()
  }
}

/** `relu` as a module. */
export class ReLU extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return x.relu()
  }
}

/** `leakyRelu` as a module. */
export class LeakyReLU extends Module {
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

/** `gelu` as a module. */
export class GELU extends Module {
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

/** `silu` as a module. */
export class SiLU extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return x.silu()
  }
}

/** `softmax` as a module. */
export class Softmax extends Module {
  readonly axis: number
  constructor(axis = -1) {
    super()
    this.axis = axis
  }
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return x.softmax(this.axis)
  }
}

/** `logSoftmax` as a module. */
export class LogSoftmax extends Module {
  readonly axis: number
  constructor(axis = -1) {
    super()
    this.axis = axis
  }
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return x.logSoftmax(this.axis)
  }
}
