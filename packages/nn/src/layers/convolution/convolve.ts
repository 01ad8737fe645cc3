import { ArgumentError, ShapeError, type Tensor } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { padAround, type PaddingMode } from './around.ts'
import { type Padding, paddingOf, type PerAxis, perAxis } from './axes.ts'

/** Options of {@link convolve}. */
export interface ConvolutionOptions {
  /** Distance between windows. Default 1. */
  readonly stride?: PerAxis | undefined
  /** Places around the input, or 'same' for as many outputs as inputs at stride 1, or 'valid' for none. Default 0. */
  readonly padding?: Padding | 'same' | 'valid' | undefined
  /** What stands there. Default 'zeros'. */
  readonly paddingMode?: PaddingMode | undefined
  /** Distance between elements of a window. Default 1. */
  readonly dilation?: PerAxis | undefined
  /** Into how many parts channels are split that do not see each other. Default 1. */
  readonly groups?: number | undefined
}

/** Options with one value for each spatial axis. */
interface Geometry {
  readonly kernel: readonly number[]
  readonly stride: readonly number[]
  readonly padding: readonly (readonly [number, number])[]
  readonly paddingMode: PaddingMode
  readonly dilation: readonly number[]
  readonly groups: number
}

/**
 * y[n, o, p] = b[o] + Σ w[o, c, k] · x[n, c, p·stride + k·dilation] over channels c and places k of the kernel: the
 * cross-correlation that is called convolution (`torch.nn.functional.conv1d`, `conv2d`), as windows times a matrix.
 *
 * @param x [batch, in, ...size] or [in, ...size]
 * @param weight [out, in / groups, ...kernel]
 * @param bias [out]
 * @returns [batch, out, ...size'] or [out, ...size'], size' = ⌊(size + padding − dilation(kernel − 1) − 1) / stride⌋ + 1
 * @throws ShapeError unless input, weight and bias fit, ArgumentError for an option that does not
 * @example
 * convolve(randn([8, 3, 32, 32]), randn([16, 3, 3, 3]), undefined, { padding: 1 }).shape   // [8, 16, 32, 32]
 */
export function convolve(x: Tensor, weight: Tensor, bias?: Tensor, options: ConvolutionOptions = {}): Tensor {
  checkTensors('convolve', { x, weight })
  const axes = weight.rank - 2
  const geometry = geometryOf(weight, options)
  checkInput(x, weight, bias, geometry)
  if (x.rank === axes + 1) return convolve(x.unsqueeze(0), weight, bias, options).squeeze(0)
  const { groups } = geometry
  const [batch, out] = [x.shape[0]!, weight.shape[0]!]
  const windows = windowsOf(x, geometry) // [batch, in, ...size', ...kernel]
  const size = windows.shape.slice(2, 2 + axes)
  const places = Array.from({ length: axes }, (_, i) => i)
  const inner = weight.size / Math.max(1, out) // in / groups · kernel
  const columns = windows
    .permute([0, 1, ...places.map(i => 2 + axes + i), ...places.map(i => 2 + i)])
    .reshape([batch, groups, inner, product(size)])
  const outputs = weight.reshape([groups, out / groups, inner]).matmul(columns) // [batch, groups, out / groups, places]
  const result = outputs.reshape([batch, out, ...size])
  return bias === undefined ? result : result.add(bias.reshape([out, ...size.map(() => 1)]))
}

/** Windows of the padded input: [batch, in, ...size', ...kernel]. */
function windowsOf(x: Tensor, { kernel, stride, padding, paddingMode, dilation }: Geometry): Tensor {
  const padded = padAround(x, padding, paddingMode)
  for (const [i, size] of kernel.entries())
    if (padded.shape[2 + i]! < dilation[i]! * (size - 1) + 1)
      throw new ShapeError(
        'convolve',
        `a kernel of [${kernel.join(', ')}] with dilation [${dilation.join(', ')}] does not fit into the padded input ` +
          `[${padded.shape.join(', ')}]`,
        [padded.shape, kernel],
      )
  return kernel.reduce((t, size, i) => t.unfold(2 + i, size, stride[i], dilation[i]), padded)
}

function geometryOf(weight: Tensor, options: ConvolutionOptions): Geometry {
  const kernel = weight.shape.slice(2)
  const { stride = 1, padding = 0, paddingMode = 'zeros', dilation = 1, groups = 1 } = options
  if (kernel.length === 0)
    throw new ShapeError('convolve', `a weight is [out, in / groups, ...kernel], got [${weight.shape.join(', ')}]`, [
      weight.shape,
    ])
  const steps = perAxis('convolve', 'stride', stride, kernel.length, 1)
  const spread = perAxis('convolve', 'dilation', dilation, kernel.length, 1)
  if (padding === 'same' && steps.some(n => n !== 1))
    throw new ArgumentError('convolve', `padding 'same' is for stride 1, got ${JSON.stringify(stride)}`)
  const around =
    padding === 'same'
      ? kernel.map((size, i) => evenly(spread[i]! * (size - 1)))
      : paddingOf('convolve', padding === 'valid' ? 0 : padding, kernel.length)
  return { kernel, stride: steps, padding: around, paddingMode, dilation: spread, groups }
}

/** Half before, half after, the odd one after. */
const evenly = (total: number): readonly [number, number] => [Math.floor(total / 2), Math.ceil(total / 2)]

function checkInput(x: Tensor, weight: Tensor, bias: Tensor | undefined, { groups }: Geometry): void {
  const [out, into] = [weight.shape[0]!, weight.shape[1]!]
  if (!Number.isSafeInteger(groups) || groups < 1 || out % groups !== 0)
    throw new ArgumentError('convolve', `groups divide the ${out} output channels, got ${groups}`)
  const channel = x.rank === weight.rank ? 1 : 0
  if (x.rank < weight.rank - 1 || x.rank > weight.rank || x.shape[channel] !== into * groups)
    throw new ShapeError(
      'convolve',
      `an input of [batch, ${into * groups}, ...size] is needed for weight [${weight.shape.join(', ')}] in ${groups} ` +
        `groups, got [${x.shape.join(', ')}]`,
      [x.shape, weight.shape],
    )
  if (bias !== undefined && String(bias.shape) !== String([out]))
    throw new ShapeError('convolve', `the bias is [${out}], got [${bias.shape.join(', ')}]`, [bias.shape])
}

const product = (sizes: readonly number[]): number => sizes.reduce((n, size) => n * size, 1)
