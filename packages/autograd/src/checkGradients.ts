import { isFloat, realize, setDevice, tensor, type Tensor, WidsError } from '@wids/tensor'
import { backward } from './backward.ts'
import { seedOf } from './grad.ts'
import { leavesOf, refill, type Tensors } from './structure.ts'

/** How {@link checkGradients} compares. */
export interface CheckOptions {
  /** Derivatives up to this order are checked. Default 2. */
  readonly order?: number
  /** How far apart the points of the numeric derivative lie, in units of x. Default 1e-4. */
  readonly step?: number
  /** Relative tolerance. Default 1e-6. */
  readonly rtol?: number
  /** Absolute tolerance. Default 1e-8. */
  readonly atol?: number
  /** Of the random directions: the same seed gives the same ones. Default 0. */
  readonly seed?: number
}

/**
 * Gradient rules and differences of values disagree.
 *
 * @example
 * const wrong = customVjp((x: Tensor) => x.sin(), g => [g])   // the gradient of another function
 * try { await checkGradients(wrong, tensor([1])) }
 * catch (error) { if (!(error instanceof GradientError)) throw error }
 */
export class GradientError extends WidsError {
  /** Of the derivative: 1 for gradients, 2 for gradients of gradients. */
  readonly order: number
  /** The derivative by gradient rules, along the random direction. */
  readonly analytic: number
  /** The same by differences of values. */
  readonly numeric: number
  constructor(order: number, analytic: number, numeric: number) {
    super(
      `checkGradients: a derivative of order ${order} is ${analytic} by its rules, but ${numeric} by differences of values`,
    )
    this.order = order
    this.analytic = analytic
    this.numeric = numeric
  }
}

type Scalar = (x: readonly Tensor[]) => Tensor

/**
 * Compares gradients with differences of values, along one random direction for each order, in f64 on the 'reference'
 * device (after JAX's `check_grads`), by f′ = (8 (f(h) − f(−h)) − (f(2h) − f(−2h))) / 12h + O(h⁴). Real inputs are converted to f64; the others stay as they are.
 *
 * @param fn of a tensor, or of several in an array or by name, to a real tensor; smooth near x
 * @throws GradientError where they disagree; DTypeError unless `fn` gives real values
 * @example
 * await checkGradients((x: Tensor) => x.sin().mul(x), tensor([1, 2, 3]))
 */
export async function checkGradients<T extends Tensors>(
  fn: (x: T) => Tensor,
  x: T,
  options: CheckOptions = {},
): Promise<void> {
  const random = uniform(options.seed ?? 0)
  const leaves = await Promise.all(leavesOf(x).map(onReference))
  const value = (at: readonly Tensor[]): Tensor => fn(refill(x, at))
  const weights = randomLike(
    withReference(() => value(leaves)),
    random,
  )
  const scalar: Scalar = at => {
    const y = value(at)
    seedOf('checkGradients', y, weights)
    return y.mul(weights).sum()
  }
  await check(scalar, leaves, 1, random, options)
}

/** Compares the derivative of f along a random direction, then goes on with that derivative as f. */
async function check(
  f: Scalar,
  x: readonly Tensor[],
  order: number,
  random: () => number,
  options: CheckOptions,
): Promise<void> {
  const { order: last = 2, step = 1e-4, rtol = 1e-6, atol = 1e-8 } = options
  if (order > last) return
  const real = x.filter(t => isFloat(t.dtype))
  const along = real.map(t => randomLike(t, random))
  const moved = (by: number): Tensor[] => x.map(t => (isFloat(t.dtype) ? t.add(along[real.indexOf(t)]!.mul(by)) : t))
  const slope: Scalar = at => {
    const y = f(at)
    const gradients = backward(
      y,
      seedOf('checkGradients', y),
      at.filter(t => isFloat(t.dtype)),
    )
    return gradients.map((g, i) => g.mul(along[i]!).sum()).reduce((a, b) => a.add(b))
  }
  // f′ = (8 (f(h) − f(−h)) − (f(2h) − f(−2h))) / 12h + O(h⁴)
  const probes = withReference(() => [...[step, -step, 2 * step, -2 * step].map(by => f(moved(by))), slope(x)])
  await realize(...probes)
  const [up, down, farUp, farDown, analytic] = (await Promise.all(probes.map(t => t.item()))) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const numeric = (8 * (up - down) - (farUp - farDown)) / (12 * step)
  if (!(Math.abs(analytic - numeric) <= atol + rtol * Math.abs(numeric)))
    throw new GradientError(order, analytic, numeric)
  await check(slope, x, order + 1, random, options)
}

/** Runs `build`, which makes graphs and awaits nothing, with 'reference' as the device of new tensors. */
function withReference<Result>(build: () => Result): Result {
  const before = setDevice('reference')
  try {
    return build()
  } finally {
    setDevice(before)
  }
}

async function onReference(x: Tensor): Promise<Tensor> {
  const copy = await x.toDevice('reference')
  if (!isFloat(x.dtype)) return copy
  const exact = copy.to('f64')
  await realize(exact)
  return exact
}

/** Numbers between −1 and 1 that are not near 0, in the shape of x. */
const randomLike = (x: Tensor, random: () => number): Tensor =>
  withReference(() => {
    const values = Float64Array.from({ length: x.size }, () => (random() < 0.5 ? -1 : 1) * (0.25 + 0.75 * random()))
    return tensor(values, { shape: x.shape, dtype: 'f64' })
  })

/** A small generator of uniform numbers, so that checks leave the default one alone (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}
