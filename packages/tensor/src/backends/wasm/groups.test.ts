import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groupsOf, type Task, type Touch } from './groups.ts'

const touch = fc.record({
  memory: fc.constantFrom('arena', 'input 0'),
  start: fc.nat(8),
  length: fc.integer({ min: 1, max: 4 }),
  written: fc.boolean(),
  joined: fc.option(fc.nat(1), { nil: undefined }),
})
const tasks: fc.Arbitrary<Task[]> = fc.array(
  fc.record({
    nanoseconds: fc.constantFrom(10, 20_000),
    touches: fc.array(
      touch.map(({ length, ...rest }): Touch => ({ ...rest, stop: rest.start + length })),
      { maxLength: 4 },
    ),
  }),
  { maxLength: 20 },
)

const collide = (a: Task, b: Task): boolean =>
  a.touches.some(x =>
    b.touches.some(
      y =>
        x.memory === y.memory &&
        (x.written || y.written) &&
        (x.joined === undefined || x.joined !== y.joined) &&
        Math.max(x.start, y.start) < Math.min(x.stop, y.stop),
    ),
  )

describe('groups', () => {
  test('hold every task once, and keep those that touch the same in order: apart, or both on one thread', () => {
    fc.assert(
      fc.property(tasks, given => {
        const groups = groupsOf(given)
        const places = groups.flatMap(({ tasks: members, isShared }, group) =>
          members.map(task => ({ task, group, isShared })),
        )
        expect(places.map(place => place.task).toSorted((a, b) => a - b)).toEqual(given.map((_, i) => i))
        for (const [late, b] of places.entries())
          for (const a of places.slice(0, late)) {
            if (!collide(given[a.task]!, given[b.task]!)) continue
            expect(a.task).toBeLessThan(b.task)
            expect(a.group < b.group || !a.isShared).toBe(true)
          }
      }),
    )
  })

  test('independent tasks need no barrier, however many they are', () => {
    const updates = Array.from({ length: 76 }, (_, i): Task => {
      const memory = `input ${i}`
      return { nanoseconds: 1000, touches: [{ memory, start: 0, stop: 1, written: true, joined: undefined }] }
    })
    expect(groupsOf(updates)).toEqual([{ isShared: true, tasks: updates.map((_, i) => i) }])
  })

  test('a chain of little work is one group for one thread', () => {
    const chain = Array.from({ length: 5 }, (): Task => ({
      nanoseconds: 100,
      touches: [{ memory: 'arena', start: 0, stop: 4, written: true, joined: undefined }],
    }))
    expect(groupsOf(chain)).toEqual([{ isShared: false, tasks: [0, 1, 2, 3, 4] }])
  })
})
