import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CumsumKernel } from '../../../compiler/kernel.ts'
import { rowMajorStrides } from '../../../shape.ts'
import { emitCumsum } from './cumsum.ts'
import { Bench } from './testing.ts'
import { cuts, indicesOf, layOut, layouts, positionOf, randomFloats, runInParts } from './testingMaps.ts'

const bench = new Bench(false)

const cases = fc.tuple(fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }), fc.nat(2)).chain(([shape, axis]) =>
  fc.record({
    shape: fc.constant(shape),
    axis: fc.constant(axis % shape.length),
    layout: layouts(shape.length, shape.length),
    dtype: fc.constantFrom('f32' as const, 'i32' as const, 'u32' as const),
    seed: fc.integer(),
    cut: cuts,
  }),
)

/** Running sums in double precision; integers wrap. */
function expected({ shape, axis, x, operands }: CumsumKernel, numbers: ArrayLike<number>): number[] {
  const strides = rowMajorStrides(shape)
  const sums: number[] = []
  for (const index of indicesOf(shape)) {
    const before = index[axis] === 0 ? 0 : sums[sums.length - strides[axis]!]!
    const sum = before + numbers[positionOf(x, index)]!
    sums.push(operands[0]!.dtype === 'f32' ? sum : sum | 0)
  }
  return sums
}

describe('emitCumsum', () => {
  test('sums along any axis of any layout', () => {
    fc.assert(
      fc.property(cases, ({ shape, axis, layout, dtype, seed, cut }) => {
        bench.reset()
        const { map, length } = layOut(shape, layout)
        const floats = randomFloats(length, seed)
        const x = dtype === 'f32' ? floats : Int32Array.from(floats, value => value * 2 ** 31)
        const operands = [
          { dtype, written: false },
          { dtype, written: true },
        ]
        const kernel: CumsumKernel = { kind: 'cumsum', operands, shape, axis, x: map }
        const size = shape.reduce((product, n) => product * n, 1)
        const [from, to] = [bench.place(x), bench.alloc(4 * size)]
        const emitted = emitCumsum(kernel)
        runInParts(bench.load(emitted, [from, to]), emitted.units, cut)
        const want = expected(kernel, x)
        expect(dtype === 'f32' ? bench.floats(to, size) : bench.ints(to, size)).toEqual(
          dtype === 'f32' ? Float32Array.from(want) : Int32Array.from(want),
        )
        expect(bench.ints(to + 4 * size, 8).every(word => word === -1)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})
