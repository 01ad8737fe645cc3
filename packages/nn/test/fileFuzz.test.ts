import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FormatError } from '../src/index.ts'
import { formats } from './mutations.ts'

it.each(formats)('whatever the bytes of $name, the answer is tensors or a FormatError', ({ decode, files }) => {
  let read = 0
  let refused = 0
  fc.assert(
    fc.property(files, bytes => {
      try {
        decode(bytes)
        read++
      } catch (error) {
        if (!(error instanceof FormatError)) throw error
        refused++
      }
    }),
    { numRuns: 3000 },
  )
  expect(Math.min(read, refused)).toBeGreaterThan(100)
})
