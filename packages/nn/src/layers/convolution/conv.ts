import { ArgumentError, type RandomOptions, type Tensor } from '@wids/tensor'
import { naming } from '@wids/tensor/graph'
import { uniform } from '../../initialisers/distributions.ts'
import { Module } from '../../module/module.ts'
import { parameter } from '../../module/parameter.ts'
import { checkSizes } from '../sizes.ts'
import { type PerAxis, perAxis } from './axes.ts'
import { type ConvolutionOptions, convolve } from './convolve.ts'

/** Options of {@link Conv1d} and {@link Conv2d}. */
export interface ConvOptions extends ConvolutionOptions, RandomOptions {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined
}

abstract class Conv extends Module {
  /** As given, without those of the bias and the random numbers. */
  readonly options: ConvolutionOptions
  /** [out, in / groups, ...kernel] */
  weight: Tensor
  /** [out] */
  bias: Tensor | undefined

  constructor(
    axes: number,
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    { bias = true, generator, dtype, ...options }: ConvOptions = {},
  ) {
    super()
    const name = `Conv${axes}d`
    checkSizes(name, { inChannels, outChannels })
    const kernel = perAxis(name, 'kernelSize', kernelSize, axes, 1)
    const { groups = 1 } = options
    if (!(groups >= 1) || inChannels % groups !== 0 || outChannels % groups !== 0)
      throw new ArgumentError(name, `groups divide ${inChannels} and ${outChannels} channels, got ${groups}`)
    this.options = Object.freeze(options)
    const shape = [outChannels, inChannels / groups, ...kernel]
    const bound = 1 / Math.sqrt(shape.slice(1).reduce((n, size) => n * size, 1))
    this.weight = parameter(uniform(shape, -bound, bound, { generator, dtype }))
    this.bias = bias ? parameter(uniform([outChannels], -bound, bound, { generator, dtype })) : undefined
  }

  /**
   * @param x [batch, in, ...size] or [in, ...size]
   * @returns [batch, out, ...size'] or [out, ...size'], see `convolve`
   * @throws ShapeError unless input and weight fit, ArgumentError for an option that does not
   */
  forward(x: Tensor): Tensor {
    return naming(`Conv${this.weight.rank - 2}d`, () => convolve(x, this.weight, this.bias, this.options))
  }
}

/**
 * Convolution over one axis (`torch.nn.Conv1d`). Weight [out, in / groups, kernel] and bias [out] start uniform in
 * ±1/√(in / groups · kernel).
 *
 * @example
 * new Conv1d(4, 8, 3, { padding: [[2, 0]] }).forward(randn([2, 4, 10])).shape   // [2, 8, 10], a causal convolution
 */
export class Conv1d extends Conv {
  /** @throws ArgumentError unless groups divide the channels and the kernel has one size */
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvOptions = {}) {
    super(1, inChannels, outChannels, kernelSize, options)
  }
}

/**
 * Convolution over two axes (`torch.nn.Conv2d`). Weight [out, in / groups, height, width] and bias [out] start uniform
 * in ±1/√(in / groups · height · width).
 *
 * @example
 * new Conv2d(3, 16, 3, { stride: 2, padding: 1 }).forward(randn([8, 3, 32, 32])).shape   // [8, 16, 16, 16]
 */
export class Conv2d extends Conv {
  /** @throws ArgumentError unless groups divide the channels and the kernel has one or two sizes */
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvOptions = {}) {
    super(2, inChannels, outChannels, kernelSize, options)
  }
}
