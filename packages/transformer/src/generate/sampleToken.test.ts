import { describe, expect, it } from 'vitest'
import { sampleToken, type SamplingOptions } from './sampleToken.ts'

/** How often each token comes out over an even grid of random numbers. */
function frequencies(logits: readonly number[], options: SamplingOptions): number[] {
  const counts = logits.map(() => 0)
  for (let i = 0; i < 1000; i++) counts[sampleToken(logits, options, (i + 0.5) / 1000)]!++
  return counts.map(n => n / 1000)
}
const logs = (...probabilities: number[]): number[] => probabilities.map(Math.log)

describe('sampleToken', () => {
  it('follows the softmax of the logits', () => expect(frequencies(logs(0.5, 0.2, 0.3), {})).toEqual([0.5, 0.2, 0.3]))

  it('sharpens and flattens with the temperature', () => {
    expect(frequencies(logs(0.25, 0.75), { temperature: 0.5 })).toEqual([0.1, 0.9]) // squares
    expect(frequencies(logs(0.1, 0.9), { temperature: 2 })).toEqual([0.25, 0.75]) // square roots
  })

  it('takes the likeliest at temperature 0, the first of equals', () =>
    expect([0, 0.5, 0.999].map(u => sampleToken([1, 3, 3, 2], { temperature: 0 }, u))).toEqual([1, 1, 1]))

  it('keeps the k likeliest', () =>
    expect(frequencies(logs(0.1, 0.4, 0.2, 0.3), { topK: 2 })).toEqual([
      0,
      expect.closeTo(4 / 7, 3),
      0,
      expect.closeTo(3 / 7, 3),
    ]))

  it('keeps the fewest that reach a probability', () => {
    expect(frequencies(logs(0.1, 0.5, 0.4), { topP: 0.6 })).toEqual([
      0,
      expect.closeTo(5 / 9, 3),
      expect.closeTo(4 / 9, 3),
    ])
    expect(frequencies(logs(0.1, 0.5, 0.4), { topP: 0.5 })).toEqual([0, 1, 0])
    expect(frequencies(logs(0.25, 0.75), { topP: 1e-9 })).toEqual([0, 1])
  })

  it('never takes what has no probability', () => {
    expect(sampleToken([-Infinity, 0, -Infinity], {}, 0)).toBe(1)
    expect(sampleToken([-Infinity, 0, -Infinity], {}, 1 - 2 ** -24)).toBe(1)
  })

  it.each([
    [{ temperature: -1 }],
    [{ temperature: NaN }],
    [{ topK: 0 }],
    [{ topK: 1.5 }],
    [{ topP: 0 }],
    [{ topP: 1.1 }],
  ])('refuses %j', options =>
    expect(() => sampleToken([1, 2], options, 0.5)).toThrow(/^generate: (the temperature|topK|topP) is/),
  )

  it.each([[[NaN, 1]], [[1, NaN]], [[-Infinity, -Infinity]], [[0, Infinity]]])('refuses logits %j', logits =>
    expect(() => sampleToken(logits, {}, 0.5)).toThrow('the model diverged'),
  )
})
