import type { Place, Plan } from '../../compiler/plan.ts'
import { groupsOf, type Touch } from './groups.ts'
import { nanosecondsOf } from './kernelCost.ts'
import { beginsGroup, isClaimed, isSplit } from './threads/takePart.ts'

/** Nanoseconds of work above which a launch is worth splitting, and that a group costs which threads wait for. */
const [splitFrom, perGroup] = [5_000, 5_000]

/** A program's launches as threads read them (see `takePart`), and about how many nanoseconds one thread needs for all. */
export interface Schedule {
  readonly launches: Int32Array
  /** The launches of the plan that each runs. */
  readonly members: readonly (readonly number[])[]
  readonly nanoseconds: number
  /** And how many of them a second thread saves. */
  readonly savedNanoseconds: number
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
  const nanoseconds = (members: readonly number[]): number => sum(members.map(task => tasks[task]!.nanoseconds))
  const groups = groupsOf(tasks)
  const members: (readonly number[])[] = []
  let argumentBytes = 0
  const launches = groups.flatMap(({ isShared, tasks: ofGroup }) => {
    const alike = isShared ? alikeAmong(ofGroup, task => kernels[task]!.number) : ofGroup.map(task => [task])
    return alike.flatMap((sets, i) => {
      const { units } = kernels[sets[0]!]!
      const bytes = plan.launches[sets[0]!]!.operands.length * 4
      const first = argumentBytes
      members.push(sets)
      argumentBytes += bytes * sets.length
      const splits = nanoseconds(sets) >= splitFrom && units * sets.length > 1
      const sharing = isShared ? (splits ? isSplit : isClaimed) : 0
      const group = i === 0 ? sum(ofGroup.map(task => kernels[task]!.units)) : 0
      return [first, bytes, sets.length, units, (i === 0 ? beginsGroup : 0) | sharing, group]
    })
  })
  return {
    launches: Int32Array.from(launches),
    members,
    nanoseconds: nanoseconds(members.flat()),
    savedNanoseconds:
      nanoseconds(groups.flatMap(group => (group.isShared ? group.tasks : []))) / 2 - groups.length * perGroup,
  }
}

/** Tasks with one number together, in the order of the first of each. */
function alikeAmong(tasks: readonly number[], numberOf: (task: number) => number): number[][] {
  const alike = new Map<number, number[]>()
  for (const task of tasks) {
    const sets = alike.get(numberOf(task))
    if (sets === undefined) alike.set(numberOf(task), [task])
    else sets.push(task)
  }
  return [...alike.values()]
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** An output that may replace an input is that input. */
function spanOf(place: Place, plan: Plan): Omit<Touch, 'written' | 'joined'> {
  if (place.kind === 'arena') return { memory: 'arena', start: place.offset, stop: place.offset + place.bytes }
  const replaced = place.kind === 'output' ? plan.inPlace[place.index] : undefined
  return { memory: replaced === undefined ? `${place.kind} ${place.index}` : `input ${replaced}`, start: 0, stop: 1 }
}
