import { expect, it } from 'vitest'
import { erf } from './erf.ts'

// Made with mpmath at 30 digits: mpmath.erf(mpmath.mpf(x))
it.each([
  [1e-300, 1.1283791670955126e-300],
  [1e-8, 1.1283791670955126e-8],
  [0.1, 0.1124629160182849],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [1.9999, 0.9953201979070294],
  [2, 0.9953222650189527],
  [2.5, 0.999593047982555],
  [4, 0.9999999845827421],
  [6, 1.0],
])('erf(%d) = %d', (x, value) => {
  expect(Math.abs(erf(x) / value - 1)).toBeLessThan(1e-15)
  expect(erf(-x)).toBe(-erf(x))
})

it('handles zeros, infinities and NaN', () => {
  expect([0, -0, Infinity, -Infinity, NaN].map(erf)).toEqual([0, -0, 1, -1, NaN])
})
