import { describe, expect, test } from 'vitest'
import { hasRelaxedSimd } from '../../features.ts'
import { Bench } from '../testing.ts'
import { approximated, computeWith, sweep, worstOf } from './testingUlps.ts'

const batches = 1024

describe.each([...new Set([false, hasRelaxedSimd()])])('within 2 ulp, relaxed SIMD %s', relaxed => {
  const bench = new Bench(relaxed)

  test.each(Object.keys(approximated) as (keyof typeof approximated)[])('%s of every 256th float', op => {
    const worst = worstOf(computeWith(bench, op, 1), approximated[op], batches, 1, sweep(batches))
    expect(worst.ulps, `at ${worst.inputs.join()}`).toBeLessThanOrEqual(2)
  })
})
