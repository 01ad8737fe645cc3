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
 * `maxPool2d` as a module (`torch.nn.MaxPool2d`).
 *
 * @example
 * new Sequential(new Conv2d(1, 8, 3), new ReLU(), new MaxPool2d(2))
 */
export class MaxPool2d extends Module {
  readonly kernelSize: PerAxis
  readonly options: MaxPoolOptions
  constructor(kernelSize: PerAxis, options: MaxPoolOptions = {}) {
    super()
    this.kernelSize = kernelSize
    this.options = options
  }
  /** [batch, channels, height, width] to [batch, channels, rows, columns]. */
  forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernelSize, this.options)
  }
}
