import type { DType } from './dtype.ts'
import { ArgumentError, printed } from './errors.ts'
import * as build from './graph/build.ts'
import { arange, tensor } from './ops/create.ts'
import { where } from './ops/elementwise.ts'
import { naming } from './naming.ts'
import { computeAlong } from './runtime/companions.ts'
import { checkShape, type Shape } from './shape.ts'
import { Tensor } from './tensor.ts'

/**
 * A stream of random numbers whose whole state is a tensor (`torch.Generator`). Each draw is Threefry-2x32 (Salmon et
 * al., 2011) of the state and the position, so equal states give equal numbers on every device and any number of
 * threads.
 *
 * @example
 * const generator = new Generator(1)
 * const weights = randn([2, 3], { generator })   // the same in every run
 */
export class Generator {
  /** u32 [2]: the seed and the number of draws so far. */
  readonly state: Tensor

  /**
   * @param seed a whole number, taken modulo 2³²
   * @throws ArgumentError for any other
   */
  constructor(seed: number) {
    this.state = tensor(new Uint32Array([seedWord('Generator', seed), 0]))
  }

  /**
   * Starts again from a seed.
   *
   * @throws ArgumentError unless it is a whole number
   */
  seed(seed: number): void {
    this.state.assign(tensor(new Uint32Array([seedWord('seed', seed), 0])))
  }

  /** The state itself, u32 [2], for a checkpoint. */
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

  /**
   * Random bits, u32 of the given shape; the state moves on.
   *
   * @throws ShapeError unless the sizes are non-negative integers
   */
  bits(shape: Shape): Tensor {
    checkShape('bits', shape)
    const node = build.randomBits(this.state.node, shape)
    this.state.assign(this.state.add(arange(2).to('u32')))
    computeAlong(node, this.state)
    return new Tensor(node)
  }
}

function seedWord(operation: string, seed: number): number {
  if (!Number.isSafeInteger(seed)) throw new ArgumentError(operation, `a seed is a whole number, got ${printed(seed)}`)
  return seed >>> 0
}

let shared: Generator | undefined
/**
 * The generator that is used where none is given; the time seeds it unless `manualSeed` does
 * (`torch.default_generator`).
 *
 * @example
 * defaultGenerator().stateDict()   // for a checkpoint
 */
export const defaultGenerator = (): Generator => (shared ??= new Generator(Date.now() % 2 ** 32))

/**
 * Seeds the default generator (`torch.manual_seed`).
 *
 * @param seed a whole number, taken modulo 2³²
 * @throws ArgumentError for any other
 * @example
 * manualSeed(1)
 * rand([2])   // the same in every run
 */
export const manualSeed = (seed: number): void => naming('manualSeed', () => defaultGenerator().seed(seed))

/** Where random numbers come from, and their dtype. */
export interface RandomOptions {
  /** Whose numbers are drawn. Default `defaultGenerator()`. */
  readonly generator?: Generator | undefined
  /** Of the result. Default f32, or i32 for whole numbers. */
  readonly dtype?: DType | undefined
}

/** bits / 2³² with the 24 bits that f32 holds: 0 ≤ u < 1 */
const unit = (bits: Tensor): Tensor =>
  bits
    .shiftRight(8)
    .to('i32')
    .to('f32')
    .mul(2 ** -24)

/**
 * Uniform in [0, 1), in the given shape (`torch.rand`).
 *
 * @throws ShapeError unless the sizes are non-negative integers
 * @example
 * rand([2, 3], { generator: new Generator(1) })   // f32 [2, 3]
 */
export const rand = (shape: Shape, { generator = defaultGenerator(), dtype = 'f32' }: RandomOptions = {}): Tensor =>
  naming('rand', () => unit(generator.bits(shape)).to(dtype))

/**
 * Standard normal, in the given shape (`torch.randn`): √(−2 ln(1 − u)) · cos(2πv) of uniform u and v (Box & Muller, 1958).
 *
 * @throws ShapeError unless the sizes are non-negative integers
 * @example
 * randn([2, 3]).mul(0.02)   // N(0, 0.02²)
 */
export const randn = (shape: Shape, { generator = defaultGenerator(), dtype = 'f32' }: RandomOptions = {}): Tensor =>
  naming('randn', () => standardNormal(shape, generator).to(dtype))

function standardNormal(shape: Shape, generator: Generator): Tensor {
  checkShape('randn', shape)
  const uv = unit(generator.bits([2, ...shape]))
  const radius = uv.at(0).neg().add(1).log().mul(-2).sqrt()
  return radius.mul(
    uv
      .at(1)
      .mul(2 * Math.PI)
      .cos(),
  )
}

/**
 * Whole numbers low ≤ n < high, in the given shape (`torch.randint`): i32 unless another dtype is asked for.
 *
 * @throws ArgumentError unless low and high are whole numbers and low < high; ShapeError unless the sizes are
 * non-negative integers
 * @example
 * randint(1, 7, [10])   // ten throws of a die
 */
export function randint(
  low: number,
  high: number,
  shape: Shape,
  { generator = defaultGenerator(), dtype = 'i32' }: RandomOptions = {},
): Tensor {
  if (!Number.isInteger(low) || !Number.isInteger(high) || high <= low)
    throw new ArgumentError('randint', `whole numbers low < high are needed, got ${printed(low)} and ${printed(high)}`)
  return naming('randint', () =>
    generator
      .bits(shape)
      .remainder(high - low)
      .to('i32')
      .add(low)
      .to(dtype),
  )
}

/**
 * The numbers 0 … n-1 in random order, i32 [n] (`torch.randperm`).
 *
 * @throws ShapeError unless n is a non-negative integer
 * @example
 * randn([10, 3]).indexSelect(0, randperm(10))   // rows shuffled
 */
export const randperm = (n: number, { generator = defaultGenerator() }: RandomOptions = {}): Tensor =>
  naming('randperm', () => generator.bits([n]).argsort())

/**
 * 1 with probability p, else 0, in the given shape (`torch.bernoulli`).
 *
 * @param p 0 never, 1 always
 * @throws ArgumentError unless 0 ≤ p ≤ 1; ShapeError unless the sizes are non-negative integers
 * @example
 * bernoulli(0.9, [2, 3], { dtype: 'bool' })   // what a dropout of 0.1 keeps
 */
export function bernoulli(p: number, shape: Shape, options: RandomOptions = {}): Tensor {
  if (!(p >= 0 && p <= 1)) throw new ArgumentError('bernoulli', `p lies between 0 and 1, got ${printed(p)}`)
  return naming('bernoulli', () =>
    where(rand(shape, { ...options, dtype: 'f32' }).lt(p), 1, 0).to(options.dtype ?? 'f32'),
  )
}
