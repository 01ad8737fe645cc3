import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planBlas } from './blasPlan.ts'
import type { Problem } from './problem.ts'

function problemOf(batch: number, m: number, n: number, k: number, values: Problem['values']): Problem {
  const side = { operand: 0, dtype: 'f32', offset: 0, batch: [m * k], line: k, k: 1 } as const
  const operands = [0, 1, 2].map(() => ({ dtype: 'f32', written: false }) as const)
  const map = { offset: 0, strides: [m * n, n, 1], bounds: [], fill: 0 }
  const stores = [{ operand: 2, value: values.length - 1, map, perRow: false }]
  return { operands, batch: [batch], m, n, k, a: side, b: side, values, stores }
}

const product: Problem['values'] = [{ type: 'f32', op: 'product' }]
const withEpilogue: Problem['values'] = [...product, { type: 'f32', op: 'neg', inputs: [0] }]

test('every core has equally much of a large product, in as few parts as that takes', () => {
  for (const cores of [1, 2, 3, 6, 8])
    for (const [m, n] of [
      [4032, 1536],
      [384, 8064],
      [2016, 2016],
    ] as const)
      expect(planBlas(problemOf(1, m, n, 1024, product), cores).items).toBe(cores)
  expect(planBlas(problemOf(3, 512, 512, 512, product), 2).items).toBe(6)
  expect(planBlas(problemOf(4, 512, 512, 512, product), 2).items).toBe(4)
})

test('parts cover the product and are not divided more than they have work', () => {
  const size = fc.integer({ min: 1, max: 3000 })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      size,
      size,
      size,
      fc.integer({ min: 1, max: 64 }),
      (batch, m, n, k, cores) => {
        const plan = planBlas(problemOf(batch, m, n, k, product), cores)
        const { rowBlocks, rowsPerItem, columnBlocks, columnsPerItem, items } = plan
        expect(items).toBe(batch * rowBlocks * columnBlocks)
        expect(rowBlocks * rowsPerItem).toBeGreaterThanOrEqual(m)
        expect(columnBlocks * columnsPerItem).toBeGreaterThanOrEqual(n)
        const parts = rowBlocks * columnBlocks
        expect(parts === 1 || (m * n * k) / parts >= 2 ** 20).toBe(true)
      },
    ),
  )
})

test('products that wait for an epilogue take at most 4 MiB', () => {
  const { rowsPerItem, columnsPerItem } = planBlas(problemOf(1, 4096, 50257, 768, withEpilogue), 2)
  expect(rowsPerItem * columnsPerItem * 4).toBeLessThanOrEqual(2 ** 22)
})
