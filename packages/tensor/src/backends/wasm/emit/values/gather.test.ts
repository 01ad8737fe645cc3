import { describe, expect, test } from 'vitest'
import type { LoopKernel } from '../../../../compiler/kernel.ts'
import { emitLoops } from '../loops.ts'
import { FAULT_ADDRESS } from '../target.ts'
import { Bench } from '../testing.ts'

const bench = new Bench(false)

/** Rows of a table by index; the indices differ from lane to lane if the table's columns are the outer loop. */
function lookUp(indices: Int32Array, lanesAreIndices: boolean): { rows: Float32Array; fault: number[] } {
  bench.reset()
  const [count, size, width] = [indices.length, 4, 6]
  const at = (rows: number, columns: number) => ({
    offset: 0,
    strides: lanesAreIndices ? [columns, rows] : [rows, columns],
    bounds: [],
    fill: 0,
  })
  const kernel: LoopKernel = {
    kind: 'loops',
    operands: [
      { dtype: 'i32', written: false },
      { dtype: 'f32', written: false },
      { dtype: 'f32', written: true },
    ],
    outer: [lanesAreIndices ? width : count],
    inner: [lanesAreIndices ? count : width],
    lanes: 'inner',
    values: [
      { type: 'i32', op: 'load', operand: 0, map: at(1, 0) },
      { type: 'f32', op: 'gather', operand: 1, map: at(0, 1), index: 0, stride: width, size },
    ],
    stages: [{ reductions: [], stores: [{ operand: 2, value: 1, map: at(width, 1), perRow: false }] }],
  }
  const emitted = emitLoops(kernel, bench.target)
  const out = bench.alloc(4 * count * width)
  const table = bench.place(Float32Array.from({ length: size * width }, (_, i) => i))
  const fault = bench.ints(FAULT_ADDRESS, 3).fill(0)
  bench.load(emitted, [bench.place(indices), table, out])(0, emitted.units)
  return { rows: bench.floats(out, count * width).slice(), fault: [...fault] }
}

describe.each([false, true])('rows of a table, indices in lanes %s', lanesAreIndices => {
  const rowsOf = (...indices: number[]): number[] =>
    indices.flatMap(index => Array.from({ length: 6 }, (_, i) => index * 6 + i))

  test('are read', () => {
    const { rows, fault } = lookUp(Int32Array.of(3, 0, 1, 1, 2), lanesAreIndices)
    expect([...rows]).toEqual(rowsOf(3, 0, 1, 1, 2))
    expect(fault).toEqual([0, 0, 0])
  })

  test.each([4, -1, 2 ** 31 - 1, -(2 ** 31)])('beyond the end, %s, are the first one, and a fault', index => {
    const { rows, fault } = lookUp(Int32Array.of(3, 0, 1, 1, index), lanesAreIndices)
    expect([...rows]).toEqual(rowsOf(3, 0, 1, 1, 0))
    expect(fault).toEqual([1, index, 4])
  })
})
