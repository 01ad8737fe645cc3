import { describe, expect, it } from 'vitest'
import { expectClose, tolerances } from './close.ts'

describe('expectClose', () => {
  it('accepts what is within either tolerance', () => {
    expect(() => expectClose([1.000001, 1e-7, 0], [1, 0, -0])).not.toThrow()
    expect(() => expectClose([NaN, Infinity, -Infinity], [NaN, Infinity, -Infinity], tolerances.exact)).not.toThrow()
    expect(() => expectClose([], [])).not.toThrow()
  })

  it('names the element that is furthest off', () => {
    expect(() => expectClose([1, 2.5, 3.1], [1, 2, 3], { rtol: 0, atol: 0.01 }, 'sum')).toThrow(
      'sum: element 1 is 2.5, expected 2 (rtol 0, atol 0.01; 2 of 3 elements differ)',
    )
  })

  it.each([
    [[NaN], [1]],
    [[1], [NaN]],
    [[Infinity], [1e38]],
    [[-Infinity], [Infinity]],
  ])('refuses %j for %j', (actual, expected) => {
    expect(() => expectClose(actual, expected)).toThrow('element 0')
  })

  it('refuses another number of elements', () => {
    expect(() => expectClose([1], [1, 2], tolerances.rounded, 'x')).toThrow('x: 1 elements, expected 2')
  })
})
