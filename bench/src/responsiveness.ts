// pnpm --filter @wids/bench responsiveness: what a training step of gpt-B leaves of the JavaScript thread. Its event loop
// must turn while threads compute, and a replay of the step must cost it next to nothing.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { cycle, randomIds, toBatch } from './batches.ts'
import { trainer } from './models/wids/train.ts'
import { median, quantile } from './statistics.ts'
import { storedGpt } from './weights.ts'
import { recipes, training } from './workloads.ts'

const recipe = recipes['gpt-B']
const [warmUp, steps, burst] = [3, 10, 20]
const resolution = 1

/** The longest and the 99th percentile of the time by which timers were late, in ms, while something runs. */
async function lateness(during: () => Promise<void>): Promise<{ max: number; p99: number }> {
  const histogram = monitorEventLoopDelay({ resolution })
  histogram.enable()
  await during()
  histogram.disable()
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution)
  return { max: late(histogram.max), p99: late(histogram.percentile(99)) }
}

const { advance: step } = trainer({ recipe, training, weights: storedGpt('gpt-B', recipe) })
const ids = (_: unknown, i: number): number[] =>
  randomIds(recipe.batch * (recipe.context + 1), recipe.vocabulary, 1 + i)
const next = cycle(Array.from({ length: 8 }, ids).map(batch => toBatch(batch, recipe)))
for (let i = 0; i < warmUp; i++) await step(next()).item()

/** Milliseconds of the JavaScript thread in each call of the step; its batch of 8 kB is part of it. */
const calls: number[] = []
const begin = performance.now()
const trains = await lateness(async () => {
  for (let i = 0; i < steps; i++) {
    const called = performance.now()
    const loss = step(next())
    calls.push(performance.now() - called)
    await loss.item()
  }
})
const elapsed = performance.now() - begin
const idle = await lateness(() => delay(elapsed / 2))

/** Milliseconds for each of a burst of calls, whose code and data are warm. */
const called = performance.now()
let last = step(next())
for (let i = 1; i < burst; i++) last = step(next())
const inBurst = (performance.now() - called) / burst
await last.item()

const shown = (ms: number): string => `${ms.toFixed(2)} ms`
console.log(`gpt-B, ${steps} steps of ${shown(elapsed / steps)}`)
console.log(`timers late while training: at most ${shown(trains.max)}, 99% at most ${shown(trains.p99)}`)
console.log(`timers late while nothing runs: at most ${shown(idle.max)}, 99% at most ${shown(idle.p99)}`)
console.log(
  `JavaScript in a replay: median ${shown(median(calls))}, 90% at most ${shown(quantile(calls, 0.9))}; ${shown(inBurst)} each in a burst`,
)
console.log(
  JSON.stringify({
    bench: 'responsiveness',
    name: 'gpt-B',
    late: trains,
    idle,
    replay: median(calls),
    burst: inBurst,
    unit: 'ms',
  }),
)
process.exit()
