import { ArgumentError, tensor, type Tensor } from '@wids/tensor'
import { Module } from '../../module/module.ts'
import type { PerAxis } from '../convolution/axes.ts'
import { type AxisWindows, cutWindows, type PoolOptions, windowsOf } from './windows.ts'

/** Options of {@link AvgPool2d}. */
export interface AvgPoolOptions extends PoolOptions {
  /** Whether padding counts as zeros in the mean, or not at all. Default true. */
  readonly countIncludePad?: boolean | undefined
  /** What sums are divided by, instead of the number of places. */
  readonly divisorOverride?: number | undefined
}

/**
 * The mean of each window (`torch.nn.functional.avg_pool2d`).
 *
 * @param x [batch, channels, height, width] or [channels, height, width]
 * @returns [..., height', width'], n' = ⌊(n + 2 padding − kernel) / stride⌋ + 1
 * @throws ShapeError if the kernel does not fit, ArgumentError for an option that does not
 * @example
 * avgPool2d(randn([8, 16, 28, 28]), 2).shape   // [8, 16, 14, 14]
 */
export function avgPool2d(x: Tensor, kernelSize: PerAxis, options: AvgPoolOptions = {}): Tensor {
  const { countIncludePad = true, divisorOverride } = options
  if (divisorOverride === 0) throw new ArgumentError('avgPool2d', 'divisorOverride is not 0')
  const axes = windowsOf('avgPool2d', x, kernelSize, options)
  const sums = cutWindows(x, axes, 0).sum([-2, -1]) // [..., h', w']
  if (divisorOverride !== undefined) return sums.mul(1 / divisorOverride)
  const [rows, columns] = axes.map((axis, i) => placesIn(axis, x.shape[x.rank - 2 + i]!, countIncludePad))
  return sums.div(factor(rows!).unsqueeze(-1)).div(factor(columns!)).to(sums.dtype)
}

/** How many places each window of an axis has within the input, or within input and padding. */
const placesIn = ({ size, stride, padding, count }: AxisWindows, n: number, withPadding: boolean): number[] =>
  Array.from({ length: count }, (_, i) => {
    const start = i * stride - padding
    const end = Math.min(start + size, withPadding ? n + padding : n)
    return end - (withPadding ? start : Math.max(start, 0))
  })

/** [windows], or [1] where all are equal. */
const factor = (places: readonly number[]): Tensor =>
  tensor(places.every(n => n === places[0]) ? places.slice(0, 1) : places)

/**
 * `avgPool2d` as a module (`torch.nn.AvgPool2d`).
 *
 * @example
 * new AvgPool2d(3, { stride: 2, padding: 1, countIncludePad: false }).forward(randn([1, 4, 9, 9])).shape   // [1, 4, 5, 5]
 */
export class AvgPool2d extends Module {
  /** Height and width of windows. */
  readonly kernelSize: PerAxis
  /** As given. */
  readonly options: AvgPoolOptions

  constructor(kernelSize: PerAxis, options: AvgPoolOptions = {}) {
    super()
    this.kernelSize = kernelSize
    this.options = options
  }

  /**
   * [batch, channels, height, width] to [batch, channels, rows, columns].
   *
   * @throws ShapeError if the kernel does not fit, ArgumentError for an option that does not
   */
  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernelSize, this.options)
  }
}
