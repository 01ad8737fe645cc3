import { expect, it } from 'vitest'
import type { Contender } from './contender.ts'
import { type Effort, interleave } from './rounds.ts'

const effort: Effort = { roundSeconds: 1, rounds: [3, 3], taskSeconds: 1 }

/** A contender whose run takes so many seconds, and that fails at a call if told to. */
function fake(name: string, seconds: number, calls: string[], failsAt = Infinity): Contender {
  let call = 0
  return {
    library: { name, title: name, command: [], supports: () => true },
    prepare: async () => [],
    round: async count => {
      if (++call >= failsAt) throw new Error(`${name} failed`)
      calls.push(name)
      return count * seconds
    },
    stop: () => {},
  }
}

it('takes turns, each begun by another, after a warm-up', async () => {
  const calls: string[] = []
  const [a, b] = [fake('a', 1, calls), fake('b', 2, calls)]
  const times = await interleave([a, b], effort, () => expect.fail())
  expect(calls.join('')).toBe('ab' + 'ab' + 'ba' + 'ab')
  expect(times.get(b)).toEqual([2, 2, 2])
})

it('goes on without one that fails', async () => {
  const calls: string[] = []
  const failures: unknown[] = []
  const [a, b] = [fake('a', 1, calls, 3), fake('b', 1, calls)]
  const times = await interleave([a, b], effort, (_, error) => void failures.push(error))
  expect(failures).toEqual([new Error('a failed')])
  expect([...times.keys()]).toEqual([b])
})
