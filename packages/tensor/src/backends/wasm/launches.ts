import type { Place, Plan } from '../../compiler/plan.ts'
import { groupsOf, type Touch } from './groups.ts'
import { nanosecondsOf } from './kernelCost.ts'

/** A launch in four words: kernel number, byte offset of its arguments, units, and mode. */
export const wordsPerLaunch = 4
/** Threads wait for each other before it; all do parts of it; whoever comes first does it. Else the first thread does. */
const [waitsBefore, isSplit, isClaimed] = [1, 2, 4]

/** Nanoseconds of work above which a launch is worth splitting. */
const splitFrom = 15_000

/** A program's launches as threads read them, and about how many nanoseconds one thread needs for all. */
export interface Schedule {
  readonly launches: Int32Array
  /** Which launch of the plan each is. */
  readonly order: readonly number[]
  readonly nanoseconds: number
}

/** Decides in which order launches run, which threads do them, and where threads wait for each other. */
export function schedule(
  plan: Plan,
  kernels: readonly { readonly number: number; readonly units: number }[],
): Schedule {
  const tasks = plan.launches.map(({ kernel, operands }) => {
    const isInPlace = operands.some(place => place.kind === 'output' && plan.inPlace[place.index] !== undefined)
    const touches = operands.map((place, n) => ({
      ...spanOf(place, plan),
      written: kernel.operands[n]!.written,
      joined: place.joined,
    }))
    return { nanoseconds: nanosecondsOf(kernel, isInPlace), touches }
  })
  const argumentsAt = [0]
  for (const { operands } of plan.launches) argumentsAt.push(argumentsAt.at(-1)! + operands.length)
  const groups = groupsOf(tasks)
  const launches = groups.flatMap(({ isShared, tasks: members }, g) =>
    members.flatMap((task, i) => {
      const { number, units } = kernels[task]!
      const splits = tasks[task]!.nanoseconds >= splitFrom && units > 1
      const mode = (g > 0 && i === 0 ? waitsBefore : 0) | (isShared ? (splits ? isSplit : isClaimed) : 0)
      return [number, argumentsAt[task]! * 4, units, mode]
    }),
  )
  return {
    launches: Int32Array.from(launches),
    order: groups.flatMap(group => group.tasks),
    nanoseconds: tasks.reduce((sum, task) => sum + task.nanoseconds, 0),
  }
}

/** An output that may replace an input is that input. */
function spanOf(place: Place, plan: Plan): Omit<Touch, 'written' | 'joined'> {
  if (place.kind === 'arena') return { memory: 'arena', start: place.offset, stop: place.offset + place.bytes }
  const replaced = place.kind === 'output' ? plan.inPlace[place.index] : undefined
  return { memory: replaced === undefined ? `${place.kind} ${place.index}` : `input ${replaced}`, start: 0, stop: 1 }
}
