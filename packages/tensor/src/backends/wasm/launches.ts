import type { AttentionGradientKernel, AttentionKernel, Kernel, Value } from '../../compiler/kernel.ts'
import type { Place, Plan } from '../../compiler/plan.ts'
import { sizeOf } from '../../shape.ts'
import { costOf } from './emit/values/costs.ts'

/** A launch in four words: kernel number, byte offset of its arguments, units, and mode. */
export const wordsPerLaunch = 4
const [waitsBefore, isSplit] = [1, 2]

/** Nanoseconds of work above which a launch is worth splitting: several times what a barrier costs. */
const splitFrom = 15_000

/** A program's launches as threads read them, and about how many nanoseconds one thread needs for all. */
export interface Schedule {
  readonly launches: Int32Array
  readonly nanoseconds: number
}

/**
 * Decides which launches threads share and where they must wait for each other: before a launch that touches memory
 * which a launch since the last wait wrote or read on another thread.
 */
export function schedule(
  plan: Plan,
  kernels: readonly { readonly number: number; readonly units: number }[],
): Schedule {
  const words = new Int32Array(plan.launches.length * wordsPerLaunch)
  let since: { readonly touched: readonly Touched[]; readonly split: boolean }[] = []
  let [argument, nanoseconds] = [0, 0]
  plan.launches.forEach(({ kernel, operands }, i) => {
    const isInPlace = operands.some(place => place.kind === 'output' && plan.inPlace[place.index] !== undefined)
    const cost = nanosecondsOf(kernel, isInPlace)
    const split = cost >= splitFrom && kernels[i]!.units > 1
    const touched = operands.map((place, n) => ({ ...spanOf(place, plan), written: kernel.operands[n]!.written }))
    const waits = since.some(
      before =>
        (before.split || split) &&
        before.touched.some(a => touched.some(b => (a.written || b.written) && overlap(a, b))),
    )
    if (waits) since = []
    since.push({ touched, split })
    words.set(
      [kernels[i]!.number, argument * 4, kernels[i]!.units, (waits ? waitsBefore : 0) | (split ? isSplit : 0)],
      i * wordsPerLaunch,
    )
    argument += operands.length
    nanoseconds += cost
  })
  return { launches: words, nanoseconds }
}

/** A stretch of one memory: the arena, or one block from outside. */
interface Touched {
  readonly memory: string
  readonly start: number
  readonly stop: number
  readonly written: boolean
}

/** An output that may replace an input is that input. */
function spanOf(place: Place, plan: Plan): Omit<Touched, 'written'> {
  if (place.kind === 'arena') return { memory: 'arena', start: place.offset, stop: place.offset + place.bytes }
  const replaced = place.kind === 'output' ? plan.inPlace[place.index] : undefined
  return { memory: replaced === undefined ? `${place.kind} ${place.index}` : `input ${replaced}`, start: 0, stop: 1 }
}

const overlap = (a: Touched, b: Touched): boolean => a.memory === b.memory && a.start < b.stop && b.start < a.stop

/** Nanoseconds for one unit of value cost in a vector of four, and for a multiply-add, on one 3 GHz core. */
const [perValue, perMultiplyAdd] = [0.1, 0.05]

const valuesCost = (values: readonly Value[]): number =>
  values.reduce((sum, value) => sum + Math.max(1, costOf(value.op)), 0)

/** About how long a kernel takes on one thread. */
function nanosecondsOf(kernel: Kernel, isInPlace: boolean): number {
  if (kernel.kind === 'loops')
    return sizeOf(kernel.outer) * sizeOf(kernel.inner) * (valuesCost(kernel.values) + 2) * perValue
  if (kernel.kind === 'matmul') {
    const results = sizeOf(kernel.batch) * kernel.m * kernel.n
    return results * (kernel.k * perMultiplyAdd + (valuesCost(kernel.values) + 2) * perValue)
  }
  if (kernel.kind === 'attention' || kernel.kind === 'attentionGradient') return attentionCost(kernel)
  if (kernel.kind === 'sliceScatter') return sizeOf(isInPlace ? kernel.sourceShape : kernel.outShape) * perValue
  if (kernel.kind === 'scatterAdd') return (sizeOf(kernel.outShape) + sizeOf(kernel.sourceShape)) * 0.5
  return sizeOf(kernel.shape) * (kernel.kind === 'argsort' ? 20 : 1)
}

/** Scores, each with its exponential, and the products that make and use them. */
function attentionCost({ kind, sizes }: AttentionKernel | AttentionGradientKernel): number {
  const scores = sizeOf(sizes.batch) * sizes.heads * sizes.queries * sizes.keys * (sizes.causal ? 0.5 : 1)
  const products = kind === 'attention' ? sizes.channels + sizes.values : 3 * sizes.channels + 2 * sizes.values
  return scores * (products * perMultiplyAdd + 2 * costOf('exp') * perValue)
}
