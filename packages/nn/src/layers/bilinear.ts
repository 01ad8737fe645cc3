import { type RandomOptions, ShapeError, type Tensor } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { uniform } from '../initialisers/distributions.ts'
import { Module } from '../module/module.ts'
import { parameter } from '../module/parameter.ts'
import { checkSizes } from './sizes.ts'

/** Options of {@link Bilinear}. */
export interface BilinearOptions extends RandomOptions {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined
}

/**
 * y[o] = x₁ᵀ W[o] x₂ + b[o] (`torch.nn.Bilinear`). Weight and bias start uniform in ±1/√in1Features.
 *
 * @example
 * new Bilinear(3, 4, 2).forward(randn([5, 3]), randn([5, 4])).shape   // [5, 2]
 */
export class Bilinear extends Module {
  /** Size of the last axis of the first input. */
  readonly in1Features: number
  /** Size of the last axis of the second input. */
  readonly in2Features: number
  /** Size of the last axis of outputs. */
  readonly outFeatures: number
  /** [out, in1, in2] */
  weight: Tensor
  /** [out] */
  bias: Tensor | undefined

  /** @throws ShapeError unless sizes are whole numbers of at least 0 */
  constructor(
    in1Features: number,
    in2Features: number,
    outFeatures: number,
    { bias = true, ...random }: BilinearOptions = {},
  ) {
    super()
    checkSizes('Bilinear', { in1Features, in2Features, outFeatures })
    this.in1Features = in1Features
    this.in2Features = in2Features
    this.outFeatures = outFeatures
    const bound = in1Features > 0 ? 1 / Math.sqrt(in1Features) : 0
    this.weight = parameter(uniform([outFeatures, in1Features, in2Features], -bound, bound, random))
    this.bias = bias ? parameter(uniform([outFeatures], -bound, bound, random)) : undefined
  }

  /**
   * @param a [..., in1]
   * @param b [..., in2], of the same other axes
   * @returns [..., out]
   * @throws ShapeError unless they fit
   */
  forward(a: Tensor, b: Tensor): Tensor {
    checkTensors('Bilinear', { a, b })
    const lead = a.shape.slice(0, -1)
    const fits = a.shape.at(-1) === this.in1Features && b.shape.at(-1) === this.in2Features
    if (!fits || String(lead) !== String(b.shape.slice(0, -1)))
      throw new ShapeError(
        'Bilinear',
        `inputs are [..., ${this.in1Features}] and [..., ${this.in2Features}], got [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`,
        [a.shape, b.shape],
      )
    const rows = a.reshape([-1, this.in1Features])
    const left = rows.matmul(this.weight.permute([1, 0, 2]).flatten(1)) // [rows, out · in2]
    const apart = left.reshape([rows.shape[0]!, this.outFeatures, this.in2Features])
    const products = apart.matmul(b.reshape([rows.shape[0]!, this.in2Features, 1])) // [rows, out, 1]
    const y = products.reshape([...lead, this.outFeatures])
    return this.bias === undefined ? y : y.add(this.bias)
  }
}
