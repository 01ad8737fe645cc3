import type { DType } from './dtype.ts'
import { ArgumentError } from './errors.ts'
import * as build from './graph/build.ts'
import { arange, tensor } from './ops/create.ts'
import { where } from './ops/elementwise.ts'
import { computeAlong } from './runtime/companions.ts'
import { checkShape, type Shape } from './shape.ts'
import { Tensor } from './tensor.ts'

/**
 * A stream of random numbers whose whole state is a tensor: u32 [seed, draws so far]. Each draw is Threefry-2x32 of the
 * state and the position, so equal states give equal numbers on every device and any number of threads.
 */
export class Generator {
  readonly state: Tensor

  constructor(seed: number) {
    this.state = tensor(new Uint32Array([seedWord(seed), 0]))
  }

  /** Starts again from a seed. */
  seed(seed: number): void {
    this.state.assign(tensor(new Uint32Array([seedWord(seed), 0])))
  }

  /** The state itself, for a checkpoint. */
  stateDict(): { readonly state: Tensor } {
    return { state: this.state }
  }

  /**
   * Goes on from a state.
   *
   * @throws ArgumentError unless it is that of a generator, u32 [2]
   */
  loadStateDict({ state }: { readonly state: Tensor }): void {
    if (!(state instanceof Tensor) || state.dtype !== 'u32' || String(state.shape) !== '2')
      throw new ArgumentError('Generator', 'the state of a generator is u32 of shape [2]')
    this.state.assign(state)
  }

  /** u32 bits of a shape; the state moves on. */
  bits(shape: Shape): Tensor {
    checkShape('random', shape)
    const node = build.randomBits(this.state.node, shape)
    this.state.assign(this.state.add(arange(2).to('u32')))
    computeAlong(node, this.state)
    return new Tensor(node)
  }
}

function seedWord(seed: number): number {
  if (!Number.isSafeInteger(seed)) throw new ArgumentError('manualSeed', `a seed is a whole number, got ${seed}`)
  return seed >>> 0
}

let shared: Generator | undefined
/** The generator that is used where none is given. */
export const defaultGenerator = (): Generator => (shared ??= new Generator(Date.now() % 2 ** 32))

/** Seeds the default generator. */
export const manualSeed = (seed: number): void => defaultGenerator().seed(seed)

/** Where random numbers come from, and their dtype. */
export interface RandomOptions {
  readonly generator?: Generator | undefined
  readonly dtype?: DType | undefined
}

/** bits / 2³² with the 24 bits that f32 holds: 0 ≤ u < 1 */
const unit = (bits: Tensor): Tensor =>
  bits
    .shiftRight(8)
    .to('i32')
    .to('f32')
    .mul(2 ** -24)

/** Uniform in [0, 1). */
export const rand = (shape: Shape, { generator = defaultGenerator(), dtype = 'f32' }: RandomOptions = {}): Tensor =>
  unit(generator.bits(shape)).to(dtype)

/** Standard normal, by Box and Muller: √(−2 ln(1 − u)) · cos(2πv) */
export function randn(shape: Shape, { generator = defaultGenerator(), dtype = 'f32' }: RandomOptions = {}): Tensor {
  const uv = unit(generator.bits([2, ...shape]))
  const radius = uv.at(0).neg().add(1).log().mul(-2).sqrt()
  return radius
    .mul(
      uv
        .at(1)
        .mul(2 * Math.PI)
        .cos(),
    )
    .to(dtype)
}

/** Whole numbers, low ≤ n < high. */
export function randint(
  low: number,
  high: number,
  shape: Shape,
  { generator = defaultGenerator(), dtype = 'i32' }: RandomOptions = {},
): Tensor {
  if (!Number.isInteger(low) || !Number.isInteger(high) || high <= low)
    throw new ArgumentError('randint', `whole numbers low < high are needed, got ${low} and ${high}`)
  return generator
    .bits(shape)
    .remainder(high - low)
    .to('i32')
    .add(low)
    .to(dtype)
}

/** The numbers 0 … n-1 in random order. */
export const randperm = (n: number, { generator = defaultGenerator() }: RandomOptions = {}): Tensor =>
  generator.bits([n]).argsort()

/** 1 with probability p, else 0. */
export const bernoulli = (p: number, shape: Shape, options: RandomOptions = {}): Tensor =>
  where(rand(shape, { ...options, dtype: 'f32' }).lt(p), 1, 0).to(options.dtype ?? 'f32')
