import { expect, it } from 'vitest'
import { main } from './copyReverse.ts'

it('the Transformer learns to copy and to reverse words, in under a minute', async () => {
  const { exact, seconds } = await main()
  expect(exact).toBeGreaterThanOrEqual(0.99)
  expect(seconds).toBeLessThan(60)
}, 90_000)
