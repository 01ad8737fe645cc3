import { type DType, ones, ShapeError, type Tensor, zeros } from '@wids/tensor'
import { checkTensors, computeAlong } from '@wids/tensor/graph'
import { Module } from '../../module/module.ts'
import { buffer, parameter } from '../../module/parameter.ts'
import { checkSizes } from '../sizes.ts'

/** Options of {@link BatchNorm1d} and {@link BatchNorm2d}. */
export interface BatchNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined
  /** Share of a batch in the running statistics; null for the mean of all batches. Default 0.1. */
  readonly momentum?: number | null | undefined
  /** Whether there are a weight and a bias. Default true. */
  readonly affine?: boolean | undefined
  /** Whether statistics are kept for evaluation. Default true; without, evaluation uses those of its batch. */
  readonly trackRunningStats?: boolean | undefined
  /** Of weight, bias and running statistics. Default 'f32'. */
  readonly dtype?: DType | undefined
}

/**
 * (x − mean) / √(var + eps) · weight + bias for each channel (Ioffe & Szegedy, 2015), with the statistics of the batch
 * in training and the running ones in evaluation: r ← (1 − momentum) · r + momentum · batch, the variance unbiased.
 */
abstract class BatchNorm extends Module {
  /** Channels of inputs. */
  readonly numFeatures: number
  /** Added to the variance. */
  readonly eps: number
  /** Share of a batch in the running statistics; null for the mean of all batches. */
  readonly momentum: number | null
  /** [channels], starts as ones. */
  weight: Tensor | undefined
  /** [channels], starts as zeros. */
  bias: Tensor | undefined
  /** [channels], mean of each channel. */
  running_mean: Tensor | undefined
  /** [channels], variance of each channel. */
  running_var: Tensor | undefined
  /** i32 [], batches that went into the running statistics. */
  num_batches_tracked: Tensor | undefined

  /** @throws ShapeError unless `numFeatures` is a whole number of at least 0 */
  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super()
    checkSizes(this.constructor.name, { numFeatures })
    const { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true, dtype = 'f32' } = options
    this.numFeatures = numFeatures
    this.eps = eps
    this.momentum = momentum
    this.weight = affine ? parameter(ones([numFeatures], dtype)) : undefined
    this.bias = affine ? parameter(zeros([numFeatures], dtype)) : undefined
    this.running_mean = trackRunningStats ? buffer(zeros([numFeatures], dtype)) : undefined
    this.running_var = trackRunningStats ? buffer(ones([numFeatures], dtype)) : undefined
    this.num_batches_tracked = trackRunningStats ? buffer(zeros([], 'i32')) : undefined
  }

  protected abstract readonly ranks: readonly number[]

  /**
   * @param x [batch, channels, ...]
   * @returns the same shape
   * @throws ShapeError for other channels or another rank, or for one value a channel in training
   */
  forward(x: Tensor): Tensor {
    this.#check(x)
    const along = [this.numFeatures, ...x.shape.slice(2).map(() => 1)]
    const normal = this.#normalized(x, along)
    if (this.weight === undefined || this.bias === undefined) return normal
    return normal.mul(this.weight.reshape(along)).add(this.bias.reshape(along))
  }

  #normalized(x: Tensor, along: readonly number[]): Tensor {
    const { running_mean: mean, running_var: variance } = this
    if (!this.training && mean !== undefined && variance !== undefined)
      return x.sub(mean.reshape(along)).mul(variance.add(this.eps).rsqrt().reshape(along))
    const count = x.size / this.numFeatures
    if (this.training && count === 1)
      throw new ShapeError(
        this.constructor.name,
        `training needs more than one value a channel, got [${x.shape.join(', ')}]`,
        [x.shape],
      )
    const rows = x.transpose(0, 1).flatten(1) // [channels, batch · ...]
    if (this.training) this.#track(rows, count)
    const split = [this.numFeatures, x.shape[0]!, ...x.shape.slice(2)]
    return rows.normalize(this.eps).reshape(split).transpose(0, 1)
  }

  /** Assigns the running statistics; they are computed whenever the layer's output is. */
  #track(rows: Tensor, count: number): void {
    const { running_mean: mean, running_var: variance, num_batches_tracked: batches } = this
    if (mean === undefined || variance === undefined || batches === undefined) return
    batches.assign(batches.add(1))
    const share = this.momentum ?? batches.to('f32').reciprocal()
    const toward = (old: Tensor, now: Tensor): Tensor => old.add(now.sub(old).mul(share)).to(old.dtype)
    const batch = rows.detach()
    mean.assign(toward(mean, batch.mean(1)))
    variance.assign(toward(variance, batch.var(1, false, count > 1 ? 1 : 0)))
    computeAlong(rows.node, mean)
    computeAlong(mean.node, variance)
    computeAlong(variance.node, batches)
  }

  #check(x: Tensor): void {
    checkTensors(this.constructor.name, { x })
    if (!this.ranks.includes(x.rank) || x.shape[1] !== this.numFeatures)
      throw new ShapeError(
        this.constructor.name,
        `[batch, ${this.numFeatures}${this.ranks.includes(4) ? ', height, width' : ' (, length)'}] is needed, got [${x.shape.join(', ')}]`,
        [x.shape],
      )
  }
}

/**
 * Batch normalisation of [batch, channels] or [batch, channels, length] (Ioffe & Szegedy, 2015;
 * `torch.nn.BatchNorm1d`): (x − mean) / √(var + eps) · weight + bias. Weight starts as ones, bias as zeros.
 *
 * @example
 * new BatchNorm1d(16).forward(randn([32, 16])).shape   // [32, 16]
 */
export class BatchNorm1d extends BatchNorm {
  protected override readonly ranks: readonly number[] = [2, 3]
}

/**
 * Batch normalisation of [batch, channels, height, width] (Ioffe & Szegedy, 2015; `torch.nn.BatchNorm2d`):
 * (x − mean) / √(var + eps) · weight + bias. Weight starts as ones, bias as zeros.
 *
 * @example
 * new BatchNorm2d(16).forward(randn([8, 16, 7, 7])).shape   // [8, 16, 7, 7]
 */
export class BatchNorm2d extends BatchNorm {
  protected override readonly ranks: readonly number[] = [4]
}
