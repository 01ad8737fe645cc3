import type { Place, Plan } from '../../compiler/plan.ts'
import { groupsOf, type Touch } from './groups.ts'
import { nanosecondsOf } from './kernelCost.ts'
import { beginsGroup, isClaimed, isSplit } from './threads/takePart.ts'

/** Nanoseconds of work above which a launch is worth splitting, and that a group costs which threads wait for. */
const [splitFrom, perGroup] = [5_000, 5_000]

/** A program's launches as threads read them (see `takePart`), and about how many nanoseconds one thread needs for all. */
export interface Schedule {
  readonly launches: Int32Array
  /** Which launch of the plan each is. */
  readonly order: readonly number[]
  readonly nanoseconds: number
  /** And how many of them a second thread saves. */
  readonly savedNanoseconds: number
}

/** Decides in which order launches run, which threads do them, and where threads wait for each other. */
export function schedule(plan: Plan, kernels: readonly { readonly units: number }[]): Schedule {
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
  const total = (members: readonly number[], count: (task: number) => number): number =>
    members.reduce((sum, task) => sum + count(task), 0)
  const nanoseconds = (members: readonly number[]): number => total(members, task => tasks[task]!.nanoseconds)
  const launches = groups.flatMap(({ isShared, tasks: members }) =>
    members.flatMap((task, i) => {
      const { units } = kernels[task]!
      const splits = tasks[task]!.nanoseconds >= splitFrom && units > 1
      const sharing = isShared ? (splits ? isSplit : isClaimed) : 0
      const group = i === 0 ? total(members, member => kernels[member]!.units) : 0
      return [argumentsAt[task]! * 4, units, (i === 0 ? beginsGroup : 0) | sharing, group]
    }),
  )
  const order = groups.flatMap(group => group.tasks)
  return {
    launches: Int32Array.from(launches),
    order,
    nanoseconds: nanoseconds(order),
    savedNanoseconds:
      nanoseconds(groups.flatMap(group => (group.isShared ? group.tasks : []))) / 2 - groups.length * perGroup,
  }
}

/** An output that may replace an input is that input. */
function spanOf(place: Place, plan: Plan): Omit<Touch, 'written' | 'joined'> {
  if (place.kind === 'arena') return { memory: 'arena', start: place.offset, stop: place.offset + place.bytes }
  const replaced = place.kind === 'output' ? plan.inPlace[place.index] : undefined
  return { memory: replaced === undefined ? `${place.kind} ${place.index}` : `input ${replaced}`, start: 0, stop: 1 }
}
