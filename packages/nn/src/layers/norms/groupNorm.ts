import { ArgumentError, type DType, ones, ShapeError, type Tensor, zeros } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { Module } from '../../module/module.ts'
import { parameter } from '../../module/parameter.ts'

/** Options of {@link GroupNorm}. */
export interface GroupNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined
  /** Whether there are a weight and a bias. Default true. */
  readonly affine?: boolean | undefined
  /** Of weight and bias. Default 'f32'. */
  readonly dtype?: DType | undefined
}

/**
 * (x − mean) / √(var + eps) · weight + bias with mean and variance of each example's groups of channels (Wu & He, 2018;
 * `torch.nn.GroupNorm`). Weight starts as ones, bias as zeros.
 *
 * @example
 * new GroupNorm(4, 16).forward(randn([2, 16, 8, 8])).shape   // [2, 16, 8, 8]
 */
export class GroupNorm extends Module {
  /** Groups that channels are split into. */
  readonly numGroups: number
  /** Channels of inputs. */
  readonly numChannels: number
  /** Added to the variance. */
  readonly eps: number
  /** [channels], starts as ones. */
  weight: Tensor | undefined
  /** [channels], starts as zeros. */
  bias: Tensor | undefined

  /** @throws ArgumentError unless groups divide channels, ShapeError for channels that are not a whole number */
  constructor(numGroups: number, numChannels: number, options: GroupNormOptions = {}) {
    super()
    const { eps = 1e-5, affine = true, dtype = 'f32' } = options
    if (!(numGroups >= 1) || numChannels % numGroups !== 0)
      throw new ArgumentError('GroupNorm', `groups divide the ${numChannels} channels, got ${numGroups}`)
    this.numGroups = numGroups
    this.numChannels = numChannels
    this.eps = eps
    this.weight = affine ? parameter(ones([numChannels], dtype)) : undefined
    this.bias = affine ? parameter(zeros([numChannels], dtype)) : undefined
  }

  /**
   * @param x [batch, channels, ...]
   * @returns the same shape
   * @throws ShapeError for other channels
   */
  forward(x: Tensor): Tensor {
    checkTensors('GroupNorm', { x })
    if (x.rank < 2 || x.shape[1] !== this.numChannels)
      throw new ShapeError('GroupNorm', `[batch, ${this.numChannels}, ...] is needed, got [${x.shape.join(', ')}]`, [
        x.shape,
      ])
    const grouped = x.reshape([x.shape[0]!, this.numGroups, x.size / Math.max(1, x.shape[0]! * this.numGroups)])
    const normal = grouped.normalize(this.eps).reshape(x.shape)
    if (this.weight === undefined || this.bias === undefined) return normal
    const along = [this.numChannels, ...x.shape.slice(2).map(() => 1)]
    return normal.mul(this.weight.reshape(along)).add(this.bias.reshape(along))
  }
}
