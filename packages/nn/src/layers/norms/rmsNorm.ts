import { type DType, ones, ShapeError, type Tensor } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { Module } from '../../module/module.ts'
import { parameter } from '../../module/parameter.ts'

/** Options of {@link RMSNorm}. */
export interface RMSNormOptions {
  /** Added to the mean square. Default 2⁻²³, the distance of 1 and the next f32. */
  readonly eps?: number | undefined
  /** Whether there is a weight. Default true. */
  readonly elementwiseAffine?: boolean | undefined
  /** Of the weight. Default 'f32'. */
  readonly dtype?: DType | undefined
}

/**
 * x / √(mean(x²) + eps) · weight over the last axes (Zhang & Sennrich, 2019; `torch.nn.RMSNorm`). Weight starts as ones.
 *
 * @example
 * new RMSNorm(128).forward(randn([4, 10, 128])).shape   // [4, 10, 128]
 */
export class RMSNorm extends Module {
  /** Sizes of the last axes, over which is normalised. */
  readonly normalizedShape: readonly number[]
  /** Added to the mean square. */
  readonly eps: number
  /** [...normalizedShape], starts as ones. */
  weight: Tensor | undefined

  /** @throws ShapeError unless sizes are whole numbers of at least 0 */
  constructor(normalizedShape: number | readonly number[], options: RMSNormOptions = {}) {
    super()
    const { eps = 2 ** -23, elementwiseAffine = true, dtype = 'f32' } = options
    this.normalizedShape = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape
    this.eps = eps
    this.weight = elementwiseAffine ? parameter(ones(this.normalizedShape, dtype)) : undefined
  }

  /**
   * @param x [..., ...normalizedShape]
   * @returns the same shape
   * @throws ShapeError if the last axes of x are not `normalizedShape`
   */
  forward(x: Tensor): Tensor {
    checkTensors('RMSNorm', { x })
    const lead = x.rank - this.normalizedShape.length
    if (lead < 0 || String(x.shape.slice(lead)) !== String(this.normalizedShape))
      throw new ShapeError(
        'RMSNorm',
        `the last axes are [${this.normalizedShape.join(', ')}], got [${x.shape.join(', ')}]`,
        [x.shape, this.normalizedShape],
      )
    const axes = this.normalizedShape.map((_, i) => lead + i)
    const normal = x.mul(x.mul(x).mean(axes, true).add(this.eps).rsqrt())
    return this.weight === undefined ? normal : normal.mul(this.weight)
  }
}
