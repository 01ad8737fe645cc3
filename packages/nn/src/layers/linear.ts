import { type RandomOptions, ShapeError, type Tensor } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { uniform } from '../initialisers/distributions.ts'
import { Module } from '../module/module.ts'
import { parameter } from '../module/parameter.ts'
import { checkSizes } from './sizes.ts'

/** Options of {@link Linear}. */
export interface LinearOptions extends RandomOptions {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined
}

/**
 * y = x Wᵀ + b (`torch.nn.Linear`). Weight and bias start uniform in ±1/√inFeatures.
 *
 * @example
 * const layer = new Linear(3, 2)
 * layer.forward(randn([5, 3])).shape   // [5, 2]
 */
export class Linear extends Module {
  /** Size of the last axis of inputs. */
  readonly inFeatures: number
  /** Size of the last axis of outputs. */
  readonly outFeatures: number
  /** [out, in] */
  weight: Tensor
  /** [out] */
  bias: Tensor | undefined

  /** @throws ShapeError unless sizes are whole numbers of at least 0 */
  constructor(inFeatures: number, outFeatures: number, { bias = true, ...random }: LinearOptions = {}) {
    super()
    checkSizes('Linear', { inFeatures, outFeatures })
    this.inFeatures = inFeatures
    this.outFeatures = outFeatures
    const bound = inFeatures > 0 ? 1 / Math.sqrt(inFeatures) : 0
    this.weight = parameter(uniform([outFeatures, inFeatures], -bound, bound, random))
    this.bias = bias ? parameter(uniform([outFeatures], -bound, bound, random)) : undefined
  }

  /**
   * @param x [..., in]
   * @returns [..., out]
   * @throws ShapeError if the last axis is not `inFeatures`
   */
  forward(x: Tensor): Tensor {
    checkTensors('Linear', { x })
    if (x.shape.at(-1) !== this.inFeatures)
      throw new ShapeError('Linear', `the last axis has ${this.inFeatures} features, got [${x.shape.join(', ')}]`, [
        x.shape,
      ])
    const product = x.matmul(this.weight.transpose())
    return this.bias === undefined ? product : product.add(this.bias)
  }
}
