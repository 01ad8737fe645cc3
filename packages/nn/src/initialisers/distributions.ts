import { rand, randn, type RandomOptions, type Shape, type Tensor } from '@wids/tensor'

/**
 * Uniform in [low, high) (`torch.nn.init.uniform_`).
 *
 * @example
 * uniform([3, 4], -0.1, 0.1, { generator: new Generator(7) })
 */
export const uniform = (shape: Shape, low = 0, high = 1, options: RandomOptions = {}): Tensor =>
  rand(shape, options)
    .mul(high - low)
    .add(low)

/** Normal with a mean and a standard deviation (`torch.nn.init.normal_`). */
export const normal = (shape: Shape, mean = 0, std = 1, options: RandomOptions = {}): Tensor =>
  randn(shape, options).mul(std).add(mean)
