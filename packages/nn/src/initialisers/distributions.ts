import { rand, randn, type RandomOptions, type Shape, type Tensor } from '@wids/tensor'

/**
 * Uniform in [low, high) (`torch.nn.init.uniform_`).
 *
 * @param low default 0
 * @param high default 1
 * @returns a tensor of the shape
 * @throws ShapeError for sizes that are not whole numbers of at least 0
 * @example
 * uniform([3, 4], -0.1, 0.1, { generator: new Generator(7) })
 */
export const uniform = (shape: Shape, low = 0, high = 1, options: RandomOptions = {}): Tensor =>
  rand(shape, options)
    .mul(high - low)
    .add(low)

/**
 * Normal with a mean and a standard deviation (`torch.nn.init.normal_`).
 *
 * @param mean default 0
 * @param std default 1
 * @returns a tensor of the shape
 * @throws ShapeError for sizes that are not whole numbers of at least 0
 * @example
 * normal([3, 4], 0, 0.02)   // as GPT-2 starts its weights
 */
export const normal = (shape: Shape, mean = 0, std = 1, options: RandomOptions = {}): Tensor =>
  randn(shape, options).mul(std).add(mean)
