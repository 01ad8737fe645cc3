import { expect, it } from 'vitest'
import { threefry } from './threefry.ts'

// Known answers of Random123 (kat_vectors, threefry2x32 20).
it('gives the published values', () => {
  expect(threefry(0, 0, 0)).toBe(0x6b200159)
})

it('differs by position and by both words of the key', () => {
  const values = [threefry(1, 2, 3), threefry(1, 2, 4), threefry(2, 2, 3), threefry(1, 3, 3)]
  expect(new Set(values).size).toBe(4)
})
