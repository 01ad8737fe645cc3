import { memory } from '@wids/tensor'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FormatError } from '../src/index.ts'
import { formats } from './mutations.ts'

const runs = { safetensors: 120_000, npy: 120_000, npz: 20_000 } as Record<string, number>
const allowance = 64 * 2 ** 20

/** Bytes that this thread and its device hold. */
const held = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers + memory().live
}

/** Memory that is given back in the midst only makes this less, so a claim that is believed shows. */
function allocatedBy(body: () => void): number {
  const before = held()
  body()
  return held() - before
}

let mutations = 0
it.each(formats)(
  'no $name of many makes another error, or more room than 3 times its size and 64 MB',
  { timeout: 120_000 },
  ({ name, decode, files }) => {
    let read = 0
    let most = 0
    fc.assert(
      fc.property(files, bytes => {
        mutations++
        const allocated = allocatedBy(() => {
          try {
            decode(bytes)
            read++
          } catch (error) {
            if (!(error instanceof FormatError)) throw error
          }
        })
        most = Math.max(most, allocated - 3 * bytes.length)
      }),
      { numRuns: runs[name]! },
    )
    expect(most).toBeLessThan(allowance)
    expect(read).toBeGreaterThan(1000)
  },
)

it('those were 200,000 mutations and more', () => expect(mutations).toBeGreaterThanOrEqual(200_000))
