import { describe, expect, test } from 'vitest'
import type { MatmulKernel } from '../../../../compiler/kernel.ts'
import { orient } from './orient.ts'
import { readProblem } from './problem.ts'
import { simplify } from './simplify.ts'

/** A plain kernel of these sizes; strides run over [batch…, m, k], [batch…, k, n] and [batch…, m, n]. */
function kernelOf(
  [batch, m, n, k]: [readonly number[], number, number, number],
  [a, b, c]: [readonly number[], readonly number[], readonly number[]],
): MatmulKernel {
  const map = (strides: readonly number[]) => ({ offset: 0, strides, bounds: [], fill: 0 })
  const operands = [0, 1, 2].map(i => ({ dtype: 'f32' as const, written: i === 2 }))
  const store = { operand: 2, value: 0, map: map(c), perRow: false }
  return {
    kind: 'matmul',
    operands,
    batch,
    m,
    n,
    k,
    a: { operand: 0, map: map(a) },
    b: { operand: 1, map: map(b) },
    values: [{ type: 'f32', op: 'product' }],
    stores: [store],
  }
}

describe('simplify', () => {
  test('makes a batch of rows that meet the same weights more rows', () => {
    const kernel = kernelOf(
      [[12, 64], 4, 7, 5],
      [
        [1280, 20, 5, 1],
        [0, 0, 7, 1],
        [1792, 28, 7, 1],
      ],
    )
    expect(simplify(readProblem(kernel))).toMatchObject({ batch: [], m: 12 * 64 * 4, n: 7, a: { line: 5, batch: [] } })
  })

  test('makes single rows, wherever they lie, rows of one product', () => {
    const kernel = kernelOf(
      [[3], 1, 7, 5],
      [
        [100, 50, 1],
        [0, 7, 1],
        [21, 9, 1],
      ],
    )
    const problem = simplify(readProblem(kernel))
    expect(problem).toMatchObject({ batch: [], m: 3, a: { line: 100 } })
    expect(problem.stores[0]!.map.strides).toEqual([21, 1])
  })

  test('joins even batch loops and drops those of one turn, and leaves the others', () => {
    const heads = kernelOf(
      [[2, 1, 3], 4, 4, 8],
      [
        [96, 0, 32, 8, 1],
        [96, 0, 32, 1, 8],
        [48, 0, 16, 4, 1],
      ],
    )
    expect(simplify(readProblem(heads))).toMatchObject({ batch: [6], a: { batch: [32] }, b: { batch: [32] } })
    const permuted = kernelOf(
      [[2, 3], 4, 4, 8],
      [
        [96, 8, 24, 1],
        [96, 8, 1, 24],
        [48, 16, 4, 1],
      ],
    )
    expect(simplify(readProblem(permuted)).batch).toEqual([2, 3])
  })
})

describe('orient', () => {
  test('prefers few rows, then stores along n, then factors that need no packing', () => {
    const column = kernelOf(
      [[], 30, 1, 8],
      [
        [8, 1],
        [1, 1],
        [1, 1],
      ],
    )
    expect(orient(readProblem(column))).toMatchObject({ m: 1, n: 30 })
    const storedAcross = kernelOf(
      [[], 30, 20, 8],
      [
        [8, 1],
        [20, 1],
        [1, 30],
      ],
    )
    expect(orient(readProblem(storedAcross))).toMatchObject({ m: 20, n: 30 })
    const usual = kernelOf(
      [[], 30, 40, 8],
      [
        [1, 30],
        [1, 8],
        [40, 1],
      ],
    )
    expect(orient(readProblem(usual))).toMatchObject({ m: 30, n: 40 })
  })
})
