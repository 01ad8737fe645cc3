import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginsGroup, countersOf, isClaimed, isSplit, takePart, wordsPerLaunch } from './takePart.ts'

/** Launches in groups; those of one are shared or not. */
const groups = fc.array(
  fc.record({
    isShared: fc.boolean(),
    launches: fc.array(fc.record({ sets: fc.integer({ min: 1, max: 4 }), units: fc.nat(40), splits: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
  { maxLength: 6 },
)

test('a thread runs every unit once, group after group, though no other comes', () => {
  fc.assert(
    fc.property(groups, fc.integer({ min: 1, max: 5 }), fc.nat(4), (given, threads, number) => {
      const words = given.flatMap(({ isShared, launches }) =>
        launches.flatMap(({ sets, units, splits }, i) => {
          const sharing = isShared ? (splits ? isSplit : isClaimed) : 0
          const ofGroup = i === 0 ? launches.reduce((sum, launch) => sum + launch.sets * launch.units, 0) : 0
          return [0, 4, sets, units, (i === 0 ? beginsGroup : 0) | sharing, ofGroup]
        }),
      )
      const ran: number[][] = []
      const kernels = Array.from({ length: words.length / wordsPerLaunch }, (_, launch) => {
        return (args: number, begin: number, end: number) => {
          for (let unit = begin; unit < end; unit++) ran.push([launch, args / 4, unit])
        }
      })
      const steps = { launches: Int32Array.from(words), kernels }
      const memory = new Int32Array(new SharedArrayBuffer(1024 + 4 * countersOf(steps, threads)))
      const run = { program: 0, args: 0, counters: 1024, scratch: 0, scratchBytes: 0, threads }
      takePart(steps, run, number % threads, memory)
      const groupOf = given.flatMap(({ launches }, group) => launches.map(() => group))
      const groupsRan = ran.map(([launch]) => groupOf[launch!]!)
      expect(groupsRan).toEqual(groupsRan.toSorted((a, b) => a - b))
      const all = kernels.flatMap((_, launch) =>
        Array.from({ length: words[launch * wordsPerLaunch + 2]! }, (_, set) =>
          Array.from({ length: words[launch * wordsPerLaunch + 3]! }, (_, unit) => `${launch} ${set} ${unit}`),
        ).flat(),
      )
      expect(ran.map(part => part.join(' ')).toSorted()).toEqual(all.toSorted())
    }),
  )
})
