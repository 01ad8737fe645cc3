import { describe, expect, test } from 'vitest'
import type { LoopKernel, ValueType } from '../../../../compiler/kernel.ts'
import { emitLoops } from '../loops.ts'
import { Bench } from '../testing.ts'

const bench = new Bench(false, 1024)

/** One reduction of a row-major tensor of f32 (or i32) over its first or its last axes. */
function reduce(
  op: 'sum' | 'reduceMax' | 'prod' | 'argmax',
  type: ValueType & ('f32' | 'i32'),
  numbers: Float32Array | Int32Array,
  outer: number,
  inner: readonly number[],
  columns: boolean,
): Float32Array | Int32Array {
  bench.reset()
  const innerStrides = inner.map((_, i) => inner.slice(i + 1).reduce((a, b) => a * b, columns ? outer : 1))
  const rowStride = columns ? 1 : inner.reduce((a, b) => a * b, 1)
  const result = op === 'argmax' ? 'i32' : type
  const map = { offset: 0, strides: [rowStride, ...innerStrides], bounds: [], fill: 0 }
  const kernel: LoopKernel = {
    kind: 'loops',
    operands: [
      { dtype: type, written: false },
      { dtype: result, written: true },
    ],
    outer: [outer],
    inner,
    lanes: columns ? 'outer' : 'inner',
    values: [
      { type, op: 'load', operand: 0, map },
      { type: result, op: 'reduced', reduction: 0 },
    ],
    stages: [
      {
        reductions: [{ op, input: 0 }],
        stores: [{ operand: 1, value: 1, map: { ...map, strides: [1, ...inner.map(() => 0)] }, perRow: true }],
      },
    ],
  }
  const emitted = emitLoops(kernel, bench.target)
  const out = bench.alloc(4 * outer)
  bench.load(emitted, [bench.place(numbers), out])(0, emitted.units)
  return result === 'f32' ? bench.floats(out, outer) : bench.ints(out, outer)
}

const length = 10_000_000

function randomNumbers(): Float32Array {
  const numbers = new Float32Array(length)
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    numbers[i] = state / 2 ** 32
  }
  return numbers
}

/** Sums in double precision, of rows or of columns. */
function exactSums(numbers: Float32Array, outer: number, columns: boolean): Float64Array {
  const sums = new Float64Array(outer)
  const inner = numbers.length / outer
  for (let row = 0; row < outer; row++)
    for (let i = 0; i < inner; i++) sums[row]! += numbers[columns ? i * outer + row : row * inner + i]!
  return sums
}

const shapes: readonly [name: string, outer: number, inner: readonly number[], columns: boolean][] = [
  ['one row', 1, [length], false],
  ['one row of many short lines', 1, [length / 40, 40], false],
  ['few columns', 5, [length / 5], true],
]
const samples = { random: randomNumbers(), equal: new Float32Array(length).fill(0.1) }

describe.each(Object.entries(samples))(
  'sums of 10 million %s numbers are off by at most 1e-6, relatively',
  (_, numbers) => {
    test.each(shapes)('%s', (_, outer, inner, columns) => {
      const sums = reduce('sum', 'f32', numbers, outer, inner, columns)
      const errors = exactSums(numbers, outer, columns).map((sum, row) => Math.abs(sums[row]! / sum - 1))
      expect(Math.max(...errors)).toBeLessThanOrEqual(1e-6)
    })
  },
)

describe.each([false, true])('special numbers, columns %s', columns => {
  const rows = (...list: number[][]): Float32Array => {
    const [outer, inner] = [list.length, list[0]!.length]
    return Float32Array.from({ length: outer * inner }, (_, i) =>
      columns ? list[i % outer]![Math.floor(i / outer)]! : list[Math.floor(i / inner)]![i % inner]!,
    )
  }
  const long = (at: number, x: number, rest: number): number[] =>
    Array.from({ length: 3001 }, (_, i) => (i === at ? x : rest))

  test('sums', () => {
    const numbers = rows(
      long(7, Infinity, 1),
      long(2999, -Infinity, 1),
      long(5, NaN, 1),
      long(3000, 1e30, -1e30).fill(0, 0, 3000),
    )
    expect([...reduce('sum', 'f32', numbers, 4, [3001], columns)]).toEqual([
      Infinity,
      -Infinity,
      NaN,
      Math.fround(1e30),
    ])
  })

  test('largest', () => {
    const numbers = rows(
      long(0, NaN, 1),
      long(3000, NaN, Infinity),
      long(0, -Infinity, -Infinity),
      long(2999, -1, -2),
      long(7, Infinity, 0),
    )
    expect([...reduce('reduceMax', 'f32', numbers, 5, [3001], columns)]).toEqual([NaN, NaN, -Infinity, -1, Infinity])
  })

  test('where the largest is', () => {
    const two = long(2000, 5, 1).fill(5, 2500, 2600)
    const numbers = rows(
      long(2999, NaN, Infinity),
      long(0, -Infinity, -Infinity),
      two,
      long(1234, NaN, NaN),
      long(3000, 1, 0),
    )
    expect([...reduce('argmax', 'f32', numbers, 5, [3001], columns)]).toEqual([2999, 0, 2000, 0, 3000])
    const least = new Int32Array(9).fill(-(2 ** 31))
    expect([...reduce('argmax', 'i32', least, 1, [9], columns)]).toEqual([0])
  })
})
