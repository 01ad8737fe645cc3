import { arange, type Tensor, where } from '@wids/tensor'
import { customGradient } from '@wids/tensor/graph'
import { Module } from '../../module/module.ts'
import type { PerAxis } from '../convolution/axes.ts'
import { cutWindows, type PoolOptions, windowsOf } from './windows.ts'

/** Options of {@link MaxPool2d}. */
export interface MaxPoolOptions extends PoolOptions {
  /** Distance between elements of a window. Default 1. */
  readonly dilation?: PerAxis | undefined
}

/**
 * The largest value of each window; the gradient goes to the first of equals (`torch.nn.functional.max_pool2d`).
 *
 * @param x [batch, channels, height, width] or [channels, height, width]
 * @returns [..., height', width'], n' = ⌊(n + 2 padding − dilation(kernel − 1) − 1) / stride⌋ + 1
 * @throws ShapeError if the kernel does not fit, ArgumentError for an option that does not
 * @example
 * maxPool2d(randn([8, 16, 28, 28]), 2).shape   // [8, 16, 14, 14]
 */
export function maxPool2d(x: Tensor, kernelSize: PerAxis, options: MaxPoolOptions = {}): Tensor {
  const windows = cutWindows(x, windowsOf('maxPool2d', x, kernelSize, options), -Infinity) // [..., h', w', kh, kw]
  return customGradient([windows], windows.max([-2, -1]), g => {
    const flat = windows.flatten(-2) // [..., h', w', kh · kw]
    const first = arange(flat.shape.at(-1)!).eq(flat.argmax(-1, true))
    return [where(first, g.unsqueeze(-1), 0).reshape(windows.shape)]
  })
}

/**
 * `maxPool2d`, and where in its plane each value stood: row · width + column, of equals the first
 * (`torch.nn.functional.max_pool2d_with_indices`).
 *
 * @param x [batch, channels, height, width] or [channels, height, width]
 * @returns values and indices (i32), both [..., height', width']
 * @throws ShapeError if the kernel does not fit, ArgumentError for an option that does not
 * @example
 * const [values, indices] = maxPool2dWithIndices(randn([1, 1, 4, 4]), 2)
 * values.flatten()   // the same as x.flatten().gather(0, indices.flatten())
 */
export function maxPool2dWithIndices(
  x: Tensor,
  kernelSize: PerAxis,
  options: MaxPoolOptions = {},
): [values: Tensor, indices: Tensor] {
  const windows = windowsOf('maxPool2d', x, kernelSize, options)
  const [height, width] = x.shape.slice(-2) as [number, number]
  const flat = cutWindows(x.detach(), windows, -Infinity).flatten(-2) // [..., h', w', kh · kw]
  const places = arange(height * width)
    .to('i32')
    .reshape([...x.shape.slice(0, -2).map(() => 1), height, width])
  const cut = cutWindows(places, windows, 0).flatten(-2) // [1, 1, h', w', kh · kw]
  const first = arange(flat.shape.at(-1)!).eq(flat.argmax(-1, true))
  return [maxPool2d(x, kernelSize, options), where(first, cut, 0).sum(-1)]
}

/**
 * `maxPool2d` as a module (`torch.nn.MaxPool2d`).
 *
 * @example
 * new Sequential(new Conv2d(1, 8, 3), new ReLU(), new MaxPool2d(2))
 */
export class MaxPool2d extends Module {
  /** Height and width of windows. */
  readonly kernelSize: PerAxis
  /** As given. */
  readonly options: MaxPoolOptions

  constructor(kernelSize: PerAxis, options: MaxPoolOptions = {}) {
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
    return maxPool2d(x, this.kernelSize, this.options)
  }
}
