import { vjp } from '@wids/autograd'
import { ArgumentError, type RandomOptions, ShapeError, type Tensor, zeros } from '@wids/tensor'
import { checkTensors, naming } from '@wids/tensor/graph'
import { uniform } from '../../initialisers/distributions.ts'
import { Module } from '../../module/module.ts'
import { parameter } from '../../module/parameter.ts'
import { type Padding, paddingOf, type PerAxis, perAxis } from './axes.ts'
import { convolve } from './convolve.ts'

/** Options of {@link convolveTransposed}. */
export interface TransposedConvolutionOptions {
  /** Distance between the outputs of neighbouring inputs. Default 1. */
  readonly stride?: PerAxis | undefined
  /** What is cut off around the output. Default 0. */
  readonly padding?: Padding | undefined
  /** Zeros (and bias) added behind the output, of which convolutions with a stride do not tell. Default 0. */
  readonly outputPadding?: PerAxis | undefined
  /** Distance between elements of a window. Default 1. */
  readonly dilation?: PerAxis | undefined
  /** Into how many parts channels are split that do not see each other. Default 1. */
  readonly groups?: number | undefined
}

/**
 * The gradient of a convolution by its input (`torch.nn.functional.conv_transpose2d`):
 * y[n, o, p·stride + k·dilation − padding] += w[c, o, k] · x[n, c, p]. It is taken as just that.
 *
 * @param x [batch, in, ...size] or [in, ...size]
 * @param weight [in, out / groups, ...kernel]
 * @param bias [out]
 * @returns [batch, out, ...size'], size' = (size − 1)·stride − padding + dilation(kernel − 1) + outputPadding + 1
 * @throws ShapeError unless input and weight fit, ArgumentError for an option that does not
 * @example
 * convolveTransposed(randn([1, 2, 4]), randn([2, 3, 3]), undefined, { stride: 2 }).shape   // [1, 3, 9]
 */
export function convolveTransposed(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: TransposedConvolutionOptions = {},
): Tensor {
  checkTensors('convolveTransposed', { x, weight })
  const axes = weight.rank - 2
  if (x.rank === axes + 1) return convolveTransposed(x.unsqueeze(0), weight, bias, options).squeeze(0)
  const { groups = 1 } = options
  const out = groups * weight.shape[1]!
  checkInput(x, weight, bias, out, groups)
  const per = (name: string, value: PerAxis, least: number): number[] =>
    perAxis('convolveTransposed', name, value, axes, least)
  const stride = per('stride', options.stride ?? 1, 1)
  const dilation = per('dilation', options.dilation ?? 1, 1)
  const behind = per('outputPadding', options.outputPadding ?? 0, 0)
  const padding = paddingOf('convolveTransposed', options.padding ?? 0, axes)
  if (behind.some((n, i) => n >= Math.max(stride[i]!, dilation[i]!)))
    throw new ArgumentError('convolveTransposed', 'outputPadding is less than stride or dilation')
  const size = stride.map((by, i) => {
    const [before, after] = padding[i]!
    return (x.shape[2 + i]! - 1) * by - before - after + dilation[i]! * (weight.shape[2 + i]! - 1) + behind[i]! + 1
  })
  if (size.some(n => n < 1))
    throw new ShapeError('convolveTransposed', `nothing is left of an output of [${size.join(', ')}]`, [x.shape])
  const image = zeros([x.shape[0]!, out, ...size], x.dtype)
  const [, pull] = vjp((t: Tensor) => convolve(t, weight, undefined, { stride, padding, dilation, groups }), image)
  const result = pull(x) // [batch, out, ...size']
  return bias === undefined ? result : result.add(bias.reshape([out, ...size.map(() => 1)]))
}

function checkInput(x: Tensor, weight: Tensor, bias: Tensor | undefined, out: number, groups: number): void {
  const into = weight.shape[0]!
  if (!(groups >= 1) || into % groups !== 0)
    throw new ArgumentError('convolveTransposed', `groups divide the ${into} input channels, got ${groups}`)
  if (x.rank !== weight.rank || x.shape[1] !== into)
    throw new ShapeError(
      'convolveTransposed',
      `an input of [batch, ${into}, ...size] is needed, got [${x.shape.join(', ')}]`,
      [x.shape, weight.shape],
    )
  if (bias !== undefined && String(bias.shape) !== String([out]))
    throw new ShapeError('convolveTransposed', `the bias is [${out}], got [${bias.shape.join(', ')}]`, [bias.shape])
}

/** Options of {@link ConvTranspose2d}. */
export interface ConvTransposeOptions extends TransposedConvolutionOptions, RandomOptions {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined
}

/**
 * Transposed convolution over two axes (`torch.nn.ConvTranspose2d`). Weight [in, out / groups, height, width] and bias
 * [out] start uniform in ±1/√(out / groups · height · width).
 *
 * @example
 * new ConvTranspose2d(16, 8, 4, { stride: 2, padding: 1 }).forward(randn([2, 16, 7, 7])).shape   // [2, 8, 14, 14]
 */
export class ConvTranspose2d extends Module {
  /** As given, without those of the bias and the random numbers. */
  readonly options: TransposedConvolutionOptions
  /** [in, out / groups, height, width] */
  weight: Tensor
  /** [out] */
  bias: Tensor | undefined

  /** @throws ArgumentError unless groups divide the channels and the kernel has one or two sizes */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    { bias = true, generator, dtype, ...options }: ConvTransposeOptions = {},
  ) {
    super()
    const kernel = perAxis('ConvTranspose2d', 'kernelSize', kernelSize, 2, 1)
    const { groups = 1 } = options
    if (!(groups >= 1) || inChannels % groups !== 0 || outChannels % groups !== 0)
      throw new ArgumentError(
        'ConvTranspose2d',
        `groups divide ${inChannels} and ${outChannels} channels, got ${groups}`,
      )
    this.options = Object.freeze(options)
    const shape = [inChannels, outChannels / groups, ...kernel]
    const bound = 1 / Math.sqrt(shape.slice(1).reduce((n, size) => n * size, 1))
    this.weight = parameter(uniform(shape, -bound, bound, { generator, dtype }))
    this.bias = bias ? parameter(uniform([outChannels], -bound, bound, { generator, dtype })) : undefined
  }

  /**
   * @param x [batch, in, height, width] or [in, height, width]
   * @returns [batch, out, height', width'] or [out, height', width'], see `convolveTransposed`
   * @throws ShapeError unless input and weight fit, ArgumentError for an option that does not
   */
  forward(x: Tensor): Tensor {
    return naming('ConvTranspose2d', () => convolveTransposed(x, this.weight, this.bias, this.options))
  }
}
