import { expect, it } from 'vitest'
import { median, quantile } from './statistics.ts'

it('takes what lies between the two nearest values', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20)
})

it('has no median of nothing', () => expect(median([])).toBeNaN())
