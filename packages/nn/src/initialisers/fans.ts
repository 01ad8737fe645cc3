import { ArgumentError, type RandomOptions, type Shape, type Tensor } from '@wids/tensor'
import { normal, uniform } from './distributions.ts'

/** The functions behind a layer for which gains are known. */
export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu'

/**
 * The factor that keeps the scale of values through a nonlinearity (`torch.nn.init.calculate_gain`).
 *
 * @param slope of leaky ReLU below 0
 */
export function calculateGain(nonlinearity: Nonlinearity, slope = 0.01): number {
  const gains: Record<Nonlinearity, number> = {
    linear: 1,
    sigmoid: 1,
    tanh: 5 / 3,
    relu: Math.SQRT2,
    leakyRelu: Math.sqrt(2 / (1 + slope ** 2)),
    selu: 3 / 4,
  }
  return gains[nonlinearity]
}

/** Inputs of an output and outputs of an input, for weights [out, in, ...kernel]. */
function fansOf(operation: string, [out, into, ...kernel]: Shape): { readonly fanIn: number; readonly fanOut: number } {
  if (out === undefined || into === undefined)
    throw new ArgumentError(operation, 'weights have at least two axes, [out, in, ...kernel]')
  const field = kernel.reduce((n, size) => n * size, 1)
  return { fanIn: into * field, fanOut: out * field }
}

/** Options of {@link xavierUniform} and {@link xavierNormal}. */
export interface XavierOptions extends RandomOptions {
  /** Factor of the scale, see `calculateGain`. Default 1. */
  readonly gain?: number | undefined
}

/** Normal with standard deviation gain · √(2 / (fanIn + fanOut)) (Glorot & Bengio, 2010; `xavier_normal_`). */
export const xavierNormal = (shape: Shape, options: XavierOptions = {}): Tensor =>
  normal(shape, 0, xavier(shape, options), options)

/** Uniform with the same standard deviation: ±gain · √(6 / (fanIn + fanOut)) (`xavier_uniform_`). */
export const xavierUniform = (shape: Shape, options: XavierOptions = {}): Tensor =>
  evenly(shape, xavier(shape, options), options)

/** Options of {@link kaimingUniform} and {@link kaimingNormal}. */
export interface KaimingOptions extends RandomOptions {
  /** Slope below 0 of the leaky ReLU behind the layer. Default 0. */
  readonly a?: number | undefined
  /** Whether values forward or gradients backward keep their scale. Default 'fanIn'. */
  readonly mode?: 'fanIn' | 'fanOut' | undefined
  /** What stands behind the layer. Default 'leakyRelu'. */
  readonly nonlinearity?: Nonlinearity | undefined
}

/** Normal with standard deviation gain / √fan (He et al., 2015; `kaiming_normal_`). */
export const kaimingNormal = (shape: Shape, options: KaimingOptions = {}): Tensor =>
  normal(shape, 0, kaiming(shape, options), options)

/** Uniform with the same standard deviation: ±gain · √(3 / fan) (`kaiming_uniform_`). */
export const kaimingUniform = (shape: Shape, options: KaimingOptions = {}): Tensor =>
  evenly(shape, kaiming(shape, options), options)

function xavier(shape: Shape, { gain = 1 }: XavierOptions): number {
  const { fanIn, fanOut } = fansOf('xavier', shape)
  return gain * Math.sqrt(2 / (fanIn + fanOut))
}

const kaiming = (shape: Shape, { a = 0, mode = 'fanIn', nonlinearity = 'leakyRelu' }: KaimingOptions): number =>
  calculateGain(nonlinearity, a) / Math.sqrt(fansOf('kaiming', shape)[mode])

/** The uniform distribution of a standard deviation, whose bound is √3 of it. */
const evenly = (shape: Shape, std: number, options: RandomOptions): Tensor =>
  uniform(shape, -Math.sqrt(3) * std, Math.sqrt(3) * std, options)
