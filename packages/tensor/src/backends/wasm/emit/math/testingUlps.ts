import type { LoopKernel, Value } from '../../../../compiler/kernel.ts'
import type { Binary, Unary } from '../../../../graph/primitives.ts'
import { erf } from '../../../reference/erf.ts'
import { emitLoops } from '../loops.ts'
import type { Bench } from '../testing.ts'

/** The functions of one number that are approximated, in double precision. */
export const approximated = {
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  erf,
  sin: Math.sin,
  cos: Math.cos,
  rsqrt: x => 1 / Math.sqrt(x),
} satisfies Partial<Record<Unary, (x: number) => number>>

/** Numbers a sweep computes at once. */
export const batch = 1 << 14

export type Compute = (...inputs: Float32Array[]) => Float32Array

/** An operation as a kernel, on `batch` numbers. */
export function computeWith(bench: Bench, op: Unary | Binary, inputs: number): Compute {
  bench.reset()
  const map = { offset: 0, strides: [1], bounds: [], fill: 0 }
  const loads = Array.from({ length: inputs }, (_, operand): Value => ({ type: 'f32', op: 'load', operand, map }))
  const kernel: LoopKernel = {
    kind: 'loops',
    operands: [...loads.map(() => ({ dtype: 'f32' as const, written: false })), { dtype: 'f32', written: true }],
    outer: [],
    inner: [batch],
    lanes: 'inner',
    values: [...loads, { type: 'f32', op, inputs: loads.map((_, i) => i) }],
    stages: [{ reductions: [], stores: [{ operand: inputs, value: inputs, map, perRow: false }] }],
  }
  const addresses = kernel.operands.map(() => bench.alloc(4 * batch))
  const emitted = emitLoops(kernel, bench.target)
  const run = bench.load(emitted, addresses)
  return (...numbers) => {
    numbers.forEach((list, i) => bench.floats(addresses[i]!, batch).set(list))
    run(0, emitted.units)
    return bench.floats(addresses[inputs]!, batch)
  }
}

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** The distance of f32 numbers around a number. */
function ulpAt(x: number): number {
  float[0] = Math.abs(x)
  if (float[0] === Infinity) return 2 ** 104
  bits[0] = Math.max(bits[0]! & 0x7f800000, 0x00800000)
  return float[0] * 2 ** -23
}

/**
 * How far a result is from the exact one, in ulps; infinite where a NaN, an infinity or the sign of a zero is wrong. A
 * denormal result may be one step off zero.
 */
export function ulpsApart(actual: number, exact: number): number {
  if (Number.isNaN(exact) || Number.isNaN(actual)) return Object.is(actual, exact) ? 0 : Infinity
  const nearest = Math.fround(exact)
  if (nearest === actual && (actual !== 0 || Object.is(nearest, actual) || exact !== 0))
    return Math.abs(nearest) === Infinity ? 0 : Math.abs(actual - exact) / ulpAt(nearest)
  return Number.isFinite(nearest) && Number.isFinite(actual) ? Math.abs(actual - exact) / ulpAt(nearest) : Infinity
}

export interface Worst {
  readonly ulps: number
  readonly inputs: readonly number[]
}

/** The largest error over `batches` times `batch` inputs that `fill` makes. */
export function worstOf(
  compute: Compute,
  exact: (...x: number[]) => number,
  batches: number,
  inputs: number,
  fill: (at: number, input: number) => number,
): Worst {
  const numbers = Array.from({ length: inputs }, () => new Float32Array(batch))
  let worst: Worst = { ulps: 0, inputs: [] }
  for (let first = 0; first < batches * batch; first += batch) {
    numbers.forEach((list, input) => {
      for (let i = 0; i < batch; i++) list[i] = fill(first + i, input)
    })
    const results = compute(...numbers)
    for (let i = 0; i < batch; i++) {
      const at = numbers.map(list => list[i]!)
      const ulps = ulpsApart(results[i]!, exact(...at))
      if (ulps > worst.ulps) worst = { ulps, inputs: at }
    }
  }
  return worst
}

/** The f32 with these bits. */
export function floatOf(pattern: number): number {
  bits[0] = pattern
  return float[0]!
}

/** Every so many-th f32 of all, in all binades, denormals and specials included. */
export const sweep =
  (batches: number) =>
  (at: number): number => {
    const step = 2 ** 32 / (batches * batch)
    return floatOf(at * step + ((Math.imul(at, 0x9e3779b1) >>> 0) % step))
  }
