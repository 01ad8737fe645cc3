import { ArgumentError, type Tensor } from '@wids/tensor'
import { Module } from '../module/module.ts'

/** The halves a, b of an axis. */
function halves(operation: string, x: Tensor, axis: number): [a: Tensor, b: Tensor] {
  const n = x.shape.at(axis)
  if (n === undefined || n % 2 !== 0)
    throw new ArgumentError(operation, `axis ${axis} of [${x.shape.join(', ')}] does not split into halves`)
  return [x.narrow(axis, 0, n / 2), x.narrow(axis, n / 2, n / 2)]
}

/**
 * a · σ(b) for the halves a, b of an axis (Dauphin et al., 2017; `torch.nn.functional.glu`).
 *
 * @param x [..., 2n, ...]
 * @param axis counted from the end if negative. Default −1
 * @returns [..., n, ...]
 * @throws ArgumentError unless the axis has an even size
 * @example
 * glu(randn([4, 16])).shape   // [4, 8]
 */
export function glu(x: Tensor, axis = -1): Tensor {
  const [a, b] = halves('glu', x, axis)
  return a.mul(b.sigmoid())
}

/**
 * a · gelu(b) for the halves a, b of an axis (Shazeer, "GLU variants improve transformer", 2020).
 *
 * @param x [..., 2n, ...]
 * @param axis counted from the end if negative. Default −1
 * @returns [..., n, ...]
 * @throws ArgumentError unless the axis has an even size
 * @example
 * geglu(randn([4, 16])).shape   // [4, 8]
 */
export function geglu(x: Tensor, axis = -1): Tensor {
  const [a, b] = halves('geglu', x, axis)
  return a.mul(b.gelu())
}

/**
 * a · silu(b) for the halves a, b of an axis (Shazeer, "GLU variants improve transformer", 2020).
 *
 * @param x [..., 2n, ...]
 * @param axis counted from the end if negative. Default −1
 * @returns [..., n, ...]
 * @throws ArgumentError unless the axis has an even size
 * @example
 * swiglu(randn([4, 16])).shape   // [4, 8]
 */
export function swiglu(x: Tensor, axis = -1): Tensor {
  const [a, b] = halves('swiglu', x, axis)
  return a.mul(b.silu())
}

abstract class Gated extends Module {
  /** The axis that is split into halves. Default −1. */
  readonly axis: number

  constructor(axis = -1) {
    super()
    this.axis = axis
  }
}

/**
 * `glu` as a module (`torch.nn.GLU`).
 *
 * @example
 * new GLU().forward(randn([4, 16])).shape   // [4, 8]
 */
export class GLU extends Gated {
  /**
   * [..., 2 · features, ...] to [..., features, ...].
   *
   * @throws ArgumentError unless the axis has an even size
   */
  forward(x: Tensor): Tensor {
    return glu(x, this.axis)
  }
}

/**
 * `geglu` as a module.
 *
 * @example
 * new GEGLU().forward(randn([4, 16])).shape   // [4, 8]
 */
export class GEGLU extends Gated {
  /**
   * [..., 2 · features, ...] to [..., features, ...].
   *
   * @throws ArgumentError unless the axis has an even size
   */
  forward(x: Tensor): Tensor {
    return geglu(x, this.axis)
  }
}

/**
 * `swiglu` as a module.
 *
 * @example
 * new SwiGLU().forward(randn([4, 16])).shape   // [4, 8]
 */
export class SwiGLU extends Gated {
  /**
   * [..., 2 · features, ...] to [..., features, ...].
   *
   * @throws ArgumentError unless the axis has an even size
   */
  forward(x: Tensor): Tensor {
    return swiglu(x, this.axis)
  }
}
