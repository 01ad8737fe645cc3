import { inFreshProcess } from '@wids/testing'
import { expect, test } from 'vitest'

interface Story {
  readonly refusals: readonly { where: string; needed: number; available: number; live: number }[]
  readonly most: number
  readonly kept: number
  readonly far: readonly number[]
  readonly untouched: boolean
  readonly doubled: number
  readonly trained: readonly (readonly number[])[]
}

test('a device filled up to 4 GiB refuses with what is needed and available, and everything stays usable', async () => {
  const { result } = await inFreshProcess<Story>(new URL('processes/exhaustion.ts', import.meta.url))
  const { refusals, most, kept, far, untouched, doubled, trained } = result
  const chunk = 2 ** 28
  expect(refusals.map(({ where }) => where)).toEqual([
    'realize',
    'data',
    'a plain program',
    'a compiled step',
    'a step behind others',
  ])
  for (const { needed, available } of refusals) {
    expect(needed).toBe(chunk)
    expect(available).toBeLessThan(chunk)
  }
  // 15 of 256 MB, and what the refused programs did not leave behind.
  expect([kept, Math.round(most / chunk)]).toEqual([15, 15])
  for (const { live } of refusals.slice(1)) expect(Math.abs(live)).toBeLessThan(2 ** 24)
  expect(far).toEqual([2 ** 26, 2 ** 27])
  expect(untouched).toBe(true)
  expect(doubled).toBe(2)
  expect(trained).toEqual([trained[0], trained[0], trained[0]])
})
