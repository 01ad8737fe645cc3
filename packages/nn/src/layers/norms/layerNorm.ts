import { type DType, ones, ShapeError, type Tensor, zeros } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { Module } from '../../module/module.ts'
import { parameter } from '../../module/parameter.ts'

/** Options of {@link LayerNorm}. */
export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined
  /** Whether there is a weight (and a bias). Default true. */
  readonly elementwiseAffine?: boolean | undefined
  /** Whether there is a bias beside the weight. Default true. */
  readonly bias?: boolean | undefined
  /** Of weight and bias. Default 'f32'. */
  readonly dtype?: DType | undefined
}

/**
 * (x − mean) / √(var + eps) · weight + bias over the last axes (Ba, Kiros & Hinton, "Layer normalization", 2016;
 * `torch.nn.LayerNorm`). Weight starts as ones, bias as zeros.
 *
 * @example
 * new LayerNorm(128).forward(randn([4, 10, 128])).shape   // [4, 10, 128]
 */
export class LayerNorm extends Module {
  /** Sizes of the last axes, over which is normalised. */
  readonly normalizedShape: readonly number[]
  /** Added to the variance. */
  readonly eps: number
  /** [...normalizedShape], starts as ones. */
  weight: Tensor | undefined
  /** [...normalizedShape], starts as zeros. */
  bias: Tensor | undefined

  /** @throws ShapeError unless sizes are whole numbers of at least 0 */
  constructor(normalizedShape: number | readonly number[], options: LayerNormOptions = {}) {
    super()
    const { eps = 1e-5, elementwiseAffine = true, bias = true, dtype = 'f32' } = options
    this.normalizedShape = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape
    this.eps = eps
    this.weight = elementwiseAffine ? parameter(ones(this.normalizedShape, dtype)) : undefined
    this.bias = elementwiseAffine && bias ? parameter(zeros(this.normalizedShape, dtype)) : undefined
  }

  /**
   * @param x [..., ...normalizedShape]
   * @returns the same shape
   * @throws ShapeError if the last axes of x are not `normalizedShape`
   */
  forward(x: Tensor): Tensor {
    checkTensors('LayerNorm', { x })
    const lead = x.rank - this.normalizedShape.length
    if (lead < 0 || String(x.shape.slice(lead)) !== String(this.normalizedShape))
      throw new ShapeError(
        'LayerNorm',
        `the last axes are [${this.normalizedShape.join(', ')}], got [${x.shape.join(', ')}]`,
        [x.shape, this.normalizedShape],
      )
    const joined = this.normalizedShape.length === 1 ? x : x.flatten(lead)
    const normal = joined.normalize(this.eps).reshape(x.shape)
    const scaled = this.weight === undefined ? normal : normal.mul(this.weight)
    return this.bias === undefined ? scaled : scaled.add(this.bias)
  }
}
