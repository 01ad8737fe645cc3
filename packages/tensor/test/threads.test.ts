import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { manualSeed, randn, realize, setThreads, type Tensor } from '../src/index.ts'

afterEach(() => setThreads(2))

/** Enough work for a program to be split: a layer forward with products, rows, columns, and a scatter. */
async function layer(): Promise<{ x: Tensor; run: () => Tensor[] }> {
  manualSeed(3)
  const [x, w, v] = [randn([512, 256]), randn([256, 1024]), randn([1024, 256])]
  await realize(x, w, v)
  const run = (): Tensor[] => {
    const h = x.normalize().matmul(w).gelu()
    const y = h.matmul(v).add(x)
    return [y, y.softmax(), y.mul(y).sum(0), h.mean(-1), y.sum()]
  }
  return { x, run }
}

/** Digests of the bits of results, once the given number of threads compute them. */
async function bitsWith(threads: number): Promise<string[]> {
  setThreads(threads)
  const { run } = await layer()
  await realize(...run())
  await delay(300)
  const results = run()
  await realize(...results)
  return Promise.all(
    results.map(async t =>
      createHash('sha256')
        .update(await t.data())
        .digest('hex'),
    ),
  )
}

test('any number of threads gives the same bits', async () => {
  const one = await bitsWith(1)
  expect(await bitsWith(2)).toEqual(one)
  expect(await bitsWith(3)).toEqual(one)
})

test('programs end in the order in which they were started', async () => {
  const { x, run } = await layer()
  const expected = await run()[4]!.item()
  for (let i = 0; i < 20; i++) {
    setThreads(1 + (i % 3))
    x.assign(x.mul(1))
    x.start()
    run()[0]!.start()
  }
  expect(await run()[4]!.item()).toBe(expected)
})

test('the number of threads is a whole number from 1 to 64', () => {
  expect(() => setThreads(0)).toThrow('from 1 to 64')
  expect(() => setThreads(1.5)).toThrow('from 1 to 64')
})
