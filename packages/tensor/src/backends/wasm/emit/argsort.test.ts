import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ArgsortKernel } from '../../../compiler/kernel.ts'
import { isFloat, type DType } from '../../../dtype.ts'
import { roundTo } from '../../reference/rounding.ts'
import { emitArgsort } from './argsort.ts'
import { Bench } from './testing.ts'
import { cuts, indicesOf, layOut, layouts, positionOf, randomFloats, runInParts } from './testingMaps.ts'

const bench = new Bench(false)

const special = [0, -0, NaN, Infinity, -Infinity, 1, -1, 1e-45, -1e-45, 3.4e38]
const cases = fc.tuple(fc.array(fc.nat(30), { minLength: 1, maxLength: 3 }), fc.nat(2)).chain(([shape, axis]) =>
  fc.record({
    shape: fc.constant(shape),
    axis: fc.constant(axis % shape.length),
    layout: layouts(shape.length, shape.length),
    dtype: fc.constantFrom(
      'f32' as const,
      'i32' as const,
      'u32' as const,
      'f16' as const,
      'bf16' as const,
      'i8' as const,
      'bool' as const,
    ),
    descending: fc.boolean(),
    /** How many values differ: few make many ties. */
    distinct: fc.constantFrom(3, 10, 1e9),
    seed: fc.integer(),
    cut: cuts,
  }),
)

/** NaN above all and equal to itself, zeros equal. */
const compare = (a: number, b: number): number =>
  Number.isNaN(a) || Number.isNaN(b) ? Number(Number.isNaN(a)) - Number(Number.isNaN(b)) : Number(a > b) - Number(a < b)

function expected({ shape, axis, descending, x }: ArgsortKernel, numbers: ArrayLike<number>): number[] {
  const lines = new Map<string, { keys: number[]; order: number[] }>()
  const lineAt = (index: readonly number[]) => lines.get(index.with(axis, 0).join())!
  for (const index of indicesOf(shape)) {
    if (index[axis] === 0) lines.set(index.join(), { keys: [], order: [] })
    lineAt(index).keys.push(numbers[positionOf(x, index)]!)
  }
  const sign = descending ? -1 : 1
  for (const line of lines.values())
    line.order = [...line.keys.keys()].sort((i, j) => sign * compare(line.keys[i]!, line.keys[j]!))
  return [...indicesOf(shape)].map(index => lineAt(index).order[index[axis]!]!)
}

/** Numbers of which few differ; where ten do, floats are the special ones. */
function randomValues(dtype: DType, length: number, distinct: number, seed: number): number[] {
  const whole = [...randomFloats(length, seed)].map(x => (Math.abs(Math.round(x * 2 ** 31)) % distinct) - distinct / 2)
  return whole.map(x => roundTo[dtype](isFloat(dtype) && distinct === 10 ? special[x + 5]! : x))
}

describe('emitArgsort', () => {
  test('is the stable order of every line', () => {
    fc.assert(
      fc.property(cases, ({ shape, axis, layout, dtype, descending, distinct, seed, cut }) => {
        bench.reset()
        const { map, length } = layOut(shape, layout)
        const x = randomValues(dtype, length, distinct, seed)
        const operands = [
          { dtype, written: false },
          { dtype: 'i32' as const, written: true },
        ]
        const kernel: ArgsortKernel = { kind: 'argsort', operands, shape, axis, descending, x: map }
        const size = shape.reduce((product, n) => product * n, 1)
        const [from, to] = [bench.placeNumbers(x, dtype), bench.alloc(4 * size)]
        const emitted = emitArgsort(kernel)
        runInParts(bench.load(emitted, [from, to]), emitted.units, cut)
        expect([...bench.ints(to, size)]).toEqual(expected(kernel, x))
        expect(bench.untouched(to + 4 * size)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('sorts a long line', () => {
    bench.reset()
    const x = randomFloats(50_000, 7)
    const operands = [
      { dtype: 'f32' as const, written: false },
      { dtype: 'i32' as const, written: true },
    ]
    const map = { offset: 0, strides: [1], bounds: [], fill: 0 }
    const emitted = emitArgsort({ kind: 'argsort', operands, shape: [x.length], axis: 0, descending: true, x: map })
    const [from, to] = [bench.place(x), bench.alloc(4 * x.length)]
    bench.load(emitted, [from, to])(0, emitted.units)
    expect([...bench.ints(to, x.length)]).toEqual([...x.keys()].sort((i, j) => x[j]! - x[i]!))
  })
})
