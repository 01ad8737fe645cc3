import { setTimeout as delay } from 'node:timers/promises'
import { inFreshProcess } from '@wids/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { ArgumentError, realize, setThreads } from '../src/index.ts'
import { digests, layer } from './layer.ts'

afterEach(() => setThreads(2))

/** Digests of the bits of results, once the given number of threads compute them. */
async function bitsWith(threads: number): Promise<string[]> {
  setThreads(threads)
  const { run } = await layer()
  await realize(...run())
  await delay(300)
  const results = run()
  await realize(...results)
  return digests(results)
}

test('any number of threads gives the same bits, also more than there are cores', async () => {
  const one = await bitsWith(1)
  for (const threads of [2, 3, 7]) expect(await bitsWith(threads)).toEqual(one)
})

test('programs end in the order in which they were started, on changing numbers of threads', async () => {
  const { x, run } = await layer()
  const expected = await run().at(-1)!.item()
  for (let i = 0; i < 20; i++) {
    setThreads(1 + (i % 3))
    x.assign(x.mul(1))
    x.start()
    run()[0]!.start()
  }
  expect(await run().at(-1)!.item()).toBe(expected)
})

test.each([0, -1, 1.5, NaN, Infinity, 65, '2' as unknown as number])('setThreads(%s) is an error', threads => {
  expect(() => setThreads(threads)).toThrow(ArgumentError)
  expect(() => setThreads(threads)).toThrow('from 1 to 64')
})

describe('in a process of its own', () => {
  interface Bits {
    readonly first: readonly string[]
    readonly second: readonly string[]
  }
  const bits = (env: NodeJS.ProcessEnv, surroundings = 'usual') =>
    inFreshProcess<Bits>(new URL('processes/bits.ts', import.meta.url), { args: [surroundings], env })

  test('WIDS_THREADS chooses how many, and without shared memory one computes the same and says why once', async () => {
    const one = await bits({ WIDS_THREADS: '1' })
    const two = await bits({ WIDS_THREADS: '2' })
    const unshared = await bits({ WIDS_THREADS: '2' }, 'unshared')
    const alone = await bits({ WIDS_THREADS: '1' }, 'unshared')
    for (const { result } of [one, two, unshared, alone])
      expect(result).toEqual({ first: one.result.first, second: one.result.first })
    expect([one.stderr, two.stderr, alone.stderr]).toEqual(['', '', ''])
    expect(unshared.stderr).toBe('wids: computing on one thread, as this JavaScript engine has no SharedArrayBuffer\n')
  })

  test.each(['0', 'two', '1.5', '65', ' '])('WIDS_THREADS="%s" is an error that names it', async threads => {
    await expect(bits({ WIDS_THREADS: threads })).rejects.toThrow(
      `WIDS_THREADS: the number of threads is an integer from 1 to 64, got '${threads}'`,
    )
  })
})
