import fc from 'fast-check'
import { expect, test } from 'vitest'
import { layOut } from './arena.ts'

const spans = fc.array(
  fc
    .record({ bytes: fc.nat(1000), from: fc.nat(20), length: fc.nat(10) })
    .map(({ bytes, from, length }) => ({ bytes, from, to: from + length })),
  { maxLength: 30 },
)

test('values that are alive together do not overlap', () => {
  fc.assert(
    fc.property(spans, all => {
      const { offsets, total } = layOut(all, 64)
      all.forEach((a, i) => {
        expect(offsets[i]! % 64).toBe(0)
        expect(offsets[i]! + a.bytes).toBeLessThanOrEqual(total)
        all.slice(0, i).forEach((b, j) => {
          const together = a.from <= b.to && b.from <= a.to && a.bytes > 0 && b.bytes > 0
          const apart = offsets[i]! + a.bytes <= offsets[j]! || offsets[j]! + b.bytes <= offsets[i]!
          expect(!together || apart).toBe(true)
        })
      })
    }),
  )
})

test('a chain of equal values needs room for two', () => {
  const chain = Array.from({ length: 100 }, (_, i) => ({ bytes: 640, from: i, to: i + 1 }))
  expect(layOut(chain, 64).total).toBe(1280)
})
