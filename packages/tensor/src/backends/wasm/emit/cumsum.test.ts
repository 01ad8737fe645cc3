import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CumsumKernel } from '../../../compiler/kernel.ts'
import { dtypes, isFloat } from '../../../dtype.ts'
import { rowMajorStrides } from '../../../shape.ts'
import { roundTo } from '../../reference/rounding.ts'
import { emitCumsum } from './cumsum.ts'
import { Bench } from './testing.ts'
import { cuts, indicesOf, layOut, layouts, positionOf, randomFloats, runInParts } from './testingMaps.ts'

const bench = new Bench(false)
const stored = ['f32', 'i32', 'u32', 'f16', 'bf16', 'i8'] as const

const cases = fc.tuple(fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }), fc.nat(2)).chain(([shape, axis]) =>
  fc.record({
    shape: fc.constant(shape),
    axis: fc.constant(axis % shape.length),
    layout: layouts(shape.length, shape.length),
    dtype: fc.constantFrom(...stored),
    seed: fc.integer(),
    cut: cuts,
  }),
)

/** Running sums in double precision, each rounded to the dtype. */
function expected({ shape, axis, x, operands }: CumsumKernel, numbers: ArrayLike<number>): number[] {
  const strides = rowMajorStrides(shape)
  const sums: number[] = []
  for (const index of indicesOf(shape)) {
    const before = index[axis] === 0 ? 0 : sums[sums.length - strides[axis]!]!
    sums.push(before + numbers[positionOf(x, index)]!)
  }
  return sums.map(roundTo[operands[1]!.dtype])
}

describe('emitCumsum', () => {
  test('sums along any axis of any layout', () => {
    fc.assert(
      fc.property(cases, ({ shape, axis, layout, dtype, seed, cut }) => {
        bench.reset()
        const { map, length } = layOut(shape, layout)
        const scale = isFloat(dtype) ? 1 : 2 ** 31
        const numbers = [...randomFloats(length, seed)].map(x => roundTo[dtype](x * scale))
        const operands = [false, true].map(written => ({ dtype, written }))
        const kernel: CumsumKernel = { kind: 'cumsum', operands, shape, axis, x: map }
        const size = shape.reduce((product, n) => product * n, 1)
        const [from, to] = [bench.placeNumbers(numbers, dtype), bench.alloc(dtypes[dtype].bytes * size)]
        const emitted = emitCumsum(kernel)
        runInParts(bench.load(emitted, [from, to]), emitted.units, cut)
        expect(bench.numbers(to, size, dtype)).toEqual(expected(kernel, numbers))
        expect(bench.untouched(to + dtypes[dtype].bytes * size)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
