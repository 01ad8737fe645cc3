import { inFreshProcess } from '@wids/testing'
import { expect, test } from 'vitest'

const turns = 10_000

test.each([
  ['results of a compiled function', 'never yields'],
  ['results of a compiled function', 'awaits'],
  ['results of a plain program', 'never yields'],
  ['batches that two programs read', 'never yields'],
])('10,000 dropped %s of 1 MB fit into 1 GB where the loop %s', async (loop, awaits) => {
  const { result } = await inFreshProcess<{ first: number; device: number; resident: number }>(
    new URL('processes/endlessLoop.ts', import.meta.url),
    { args: [loop, String(turns), awaits] },
  )
  expect(result.first).toBe(2 * (turns - 1) + 1)
  expect(result.device).toBeLessThan(2 ** 30)
  expect(result.resident).toBeLessThan(1.2 * 2 ** 30)
})
