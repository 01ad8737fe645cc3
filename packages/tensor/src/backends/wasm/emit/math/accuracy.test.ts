import { describe, expect, test } from 'vitest'
import type { Unary } from '../../../../graph/primitives.ts'
import { hasRelaxedSimd } from '../../features.ts'
import { Bench } from '../testing.ts'
import { approximated, computeWith, floatOf, sweep, ulpsApart, worstOf } from './testingUlps.ts'

const batches = 16
const special = [
  0,
  -0,
  1,
  -1,
  Infinity,
  -Infinity,
  NaN,
  2 ** -149,
  -(2 ** -149),
  2 ** -126,
  3.4028234663852886e38,
  -3.4028234663852886e38,
]
const random = (at: number, input: number): number =>
  floatOf(Math.imul(at * 2 + input + 1, 0x9e3779b1) ^ Math.imul(at, 0x85ebca6b))

describe.each([...new Set([false, hasRelaxedSimd()])])('within 2 ulp, relaxed SIMD %s', relaxed => {
  const bench = new Bench(relaxed)

  test.each(Object.keys(approximated) as (keyof typeof approximated)[])('%s of all floats', op => {
    const worst = worstOf(computeWith(bench, op satisfies Unary, 1), approximated[op], batches, 1, sweep(batches))
    expect(worst.ulps, `at ${worst.inputs.join()}`).toBeLessThanOrEqual(2)
  })

  test.each(Object.keys(approximated) as (keyof typeof approximated)[])('%s of special numbers', op => {
    const results = computeWith(bench, op, 1)(Float32Array.from(special))
    const worst = special.map((x, i) => ulpsApart(results[i]!, approximated[op](x)))
    expect(
      worst.every(ulps => ulps <= 2),
      `${[...results.subarray(0, special.length)].join()}`,
    ).toBe(true)
  })

  test('sigmoid of all floats whose result is a normal number', () => {
    const exact = (x: number): number => 1 / (1 + Math.exp(-x))
    const fill = (at: number): number => Math.max(-87, sweep(batches)(at))
    const worst = worstOf(computeWith(bench, 'sigmoid', 1), exact, batches, 1, fill)
    expect(worst.ulps, `at ${worst.inputs.join()}`).toBeLessThanOrEqual(2)
  })

  const power = (a: number, b: number): number => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b)

  test('pow of any two floats, and of those whose power is finite', () => {
    const compute = computeWith(bench, 'pow', 2)
    const anywhere = worstOf(compute, power, batches, 2, random)
    expect(anywhere.ulps, `at ${anywhere.inputs.join()}`).toBeLessThanOrEqual(2)
    const moderate = worstOf(compute, power, batches, 2, (at, input) =>
      input === 0 ? Math.abs(random(at, 0)) : ((random(at, 1) * 2 ** 30) % 3) + (at % 7) - 3,
    )
    expect(moderate.ulps, `at ${moderate.inputs.join()}`).toBeLessThanOrEqual(2)
  })

  test('pow of special numbers', () => {
    const pairs = special.flatMap(a => [...special, 2, 3, 0.5, -2, -3, -0.5].map(b => [a, b] as const))
    const results = computeWith(bench, 'pow', 2)(...[0, 1].map(i => Float32Array.from(pairs, pair => pair[i]!)))
    const wrong = pairs.filter(([a, b], i) => !(ulpsApart(results[i]!, power(Math.fround(a), Math.fround(b))) <= 2))
    expect(wrong).toEqual([])
  })

  test('mod is exact', () => {
    const remainder = (a: number, b: number): number => {
      const rest = a % b
      return rest !== 0 && rest < 0 !== b < 0 ? Math.fround(rest + b) : rest
    }
    const worst = worstOf(computeWith(bench, 'mod', 2), remainder, batches, 2, random)
    expect(worst.ulps, `at ${worst.inputs.join()}`).toBe(0)
    const pairs = special.flatMap(a => special.map(b => [a, b] as const))
    const results = computeWith(bench, 'mod', 2)(...[0, 1].map(i => Float32Array.from(pairs, pair => pair[i]!)))
    expect(pairs.filter(([a, b], i) => !Object.is(results[i], remainder(a, b)))).toEqual([])
  })
})
