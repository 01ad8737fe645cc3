import { ArgumentError, type RandomOptions, type Shape, type Tensor } from '@wids/tensor'
import { normal, uniform } from './distributions.ts'

/** The functions behind a layer for which gains are known. */
export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu'

/**
 * The factor that keeps the scale of values through a nonlinearity (`torch.nn.init.calculate_gain`).
 *
 * @param slope of leaky ReLU below 0. Default 0.01
 * @example
 * calculateGain('relu')   // √2
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

/**
 * Normal with standard deviation gain · √(2 / (fanIn + fanOut)) (Glorot & Bengio, 2010; `torch.nn.init.xavier_normal_`).
 *
 * @param shape [out, in, ...kernel], where fanIn = in · kernel and fanOut = out · kernel
 * @throws ArgumentError for fewer than two axes
 * @example
 * xavierNormal([128, 64], { gain: calculateGain('tanh') })
 */
export const xavierNormal = (shape: Shape, options: XavierOptions = {}): Tensor =>
  normal(shape, 0, xavier(shape, options), options)

/**
 * Uniform in ±gain · √(6 / (fanIn + fanOut)), with the standard deviation of `xavierNormal` (Glorot & Bengio, 2010;
 * `torch.nn.init.xavier_uniform_`).
 *
 * @param shape [out, in, ...kernel], where fanIn = in · kernel and fanOut = out · kernel
 * @throws ArgumentError for fewer than two axes
 * @example
 * xavierUniform([128, 64])
 */
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

/**
 * Normal with standard deviation gain / √fan, fan being in · kernel or out · kernel (He et al., 2015;
 * `torch.nn.init.kaiming_normal_`).
 *
 * @param shape [out, in, ...kernel]
 * @throws ArgumentError for fewer than two axes
 * @example
 * kaimingNormal([64, 3, 7, 7], { mode: 'fanOut', nonlinearity: 'relu' })   // as ResNets start
 */
export const kaimingNormal = (shape: Shape, options: KaimingOptions = {}): Tensor =>
  normal(shape, 0, kaiming(shape, options), options)

/**
 * Uniform in ±gain · √(3 / fan), with the standard deviation of `kaimingNormal` (He et al., 2015;
 * `torch.nn.init.kaiming_uniform_`).
 *
 * @param shape [out, in, ...kernel]
 * @throws ArgumentError for fewer than two axes
 * @example
 * kaimingUniform([128, 64], { nonlinearity: 'relu' })
 */
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
