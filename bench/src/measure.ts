import type { Benchmark } from './benchmarks.ts'
import { type Contender, startContender } from './contender.ts'
import type { Library } from './libraries.ts'
import { type Effort, interleave, speedups } from './rounds.ts'
import { median, quantile } from './statistics.ts'
import type { Task } from './tasks.ts'

/** Two libraries to compare. */
export interface Pair {
  readonly ours: Library
  readonly theirs: Library
  /** Other than its title. */
  readonly peerName?: string
  /** Added to the name of the benchmark. */
  readonly suffix?: string
}

/** A measured comparison; a ratio above 1 means that ours is faster. */
export interface Row {
  readonly bench: string
  readonly name: string
  readonly ours: number
  readonly peer: number
  readonly peerName: string
  readonly unit: string
  /** In the middle of all rounds. */
  readonly ratio: number
  /** Of the rounds, from the lower to the upper quartile. */
  readonly range: readonly [number, number]
}

export interface Outcome {
  readonly rows: readonly Row[]
  /** What went wrong, in sentences. */
  readonly warnings: readonly string[]
}

/** How far libraries may differ in what they compute. */
const tolerance = 1e-3

/** Runs benchmarks of one group in one set of processes; tells the outcome of each when it is there. */
export async function measureGroup(
  benchmarks: readonly Benchmark[],
  pairs: readonly Pair[],
  options: { readonly quick: boolean; readonly effort: Effort },
  told: (benchmark: Benchmark, outcome: Outcome) => void,
): Promise<void> {
  const started = new Map<Library, Contender>()
  const contenderOf = (library: Library): Contender => {
    if (!started.has(library)) started.set(library, startContender(library))
    return started.get(library)!
  }
  try {
    for (const benchmark of benchmarks) {
      const task = benchmark.task(options.quick)
      const libraries = new Set(pairs.flatMap(({ ours, theirs }) => [ours, theirs]))
      const able = [...libraries].filter(library => library.supports(task)).map(contenderOf)
      told(benchmark, await measure(benchmark, task, able, pairs, options.effort))
    }
  } finally {
    for (const contender of started.values()) contender.stop()
  }
}

async function measure(
  benchmark: Benchmark,
  task: Task,
  contenders: readonly Contender[],
  pairs: readonly Pair[],
  effort: Effort,
): Promise<Outcome> {
  const warnings: string[] = []
  const failed = (_: Contender, error: unknown): void =>
    void warnings.push(error instanceof Error ? error.message : String(error))
  const checks = await prepareAll(contenders, task, failed)
  warnings.push(...disagreements([...checks]))
  const times = new Map(
    [...(await interleave([...checks.keys()], effort, failed))].map(([{ library }, seconds]) => [library, seconds]),
  )
  const rows = pairs.flatMap((pair): Row[] => {
    const [ours, theirs] = [times.get(pair.ours), times.get(pair.theirs)]
    return ours === undefined || theirs === undefined ? [] : [rowOf(benchmark, pair, ours, theirs)]
  })
  return { rows, warnings }
}

type Checks = Map<Contender, readonly number[]>

/** All at the same time: nothing is timed yet. */
async function prepareAll(
  contenders: readonly Contender[],
  task: Task,
  failed: (contender: Contender, error: unknown) => void,
): Promise<Checks> {
  const checks: Checks = new Map()
  const results = await Promise.allSettled(contenders.map(contender => contender.prepare(task)))
  for (const [i, result] of results.entries())
    if (result.status === 'fulfilled') checks.set(contenders[i]!, result.value)
    else failed(contenders[i]!, result.reason)
  return checks
}

/** Libraries that compute something else than the first one does. */
function disagreements([first, ...rest]: readonly (readonly [Contender, readonly number[]])[]): string[] {
  if (first === undefined) return []
  const [{ library }, expected] = first
  return rest.flatMap(([contender, numbers]) => {
    const difference = relativeDifference(numbers, expected)
    if (expected.length === 0 || numbers.length === 0 || difference <= tolerance) return []
    const what = `${contender.library.title} computes ${sample(numbers)} where ${library.title} computes ${sample(expected)}`
    return [`${what} (difference ${difference.toExponential(1)}): the times compare different work`]
  })
}

const sample = (numbers: readonly number[]): string =>
  `${numbers
    .slice(0, 3)
    .map(n => n.toPrecision(6))
    .join(', ')}, …`

/** The largest difference in units of the largest number. */
function relativeDifference(numbers: readonly number[], expected: readonly number[]): number {
  if (numbers.length !== expected.length) return Infinity
  const largest = (values: readonly number[]): number =>
    values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const worst = largest(numbers.map((number, i) => number - expected[i]!))
  return worst === 0 ? 0 : worst / largest(expected)
}

function rowOf(benchmark: Benchmark, pair: Pair, ours: readonly number[], theirs: readonly number[]): Row {
  const ratios = speedups(ours, theirs)
  return {
    bench: benchmark.bench,
    name: benchmark.name + (pair.suffix ?? ''),
    ours: benchmark.value(median(ours)),
    peer: benchmark.value(median(theirs)),
    peerName: pair.peerName ?? pair.theirs.title,
    unit: benchmark.unit,
    ratio: median(ratios),
    range: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  }
}
