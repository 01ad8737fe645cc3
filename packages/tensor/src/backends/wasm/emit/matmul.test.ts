import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DType } from '../../../dtype.ts'
import type { MatmulKernel } from '../../../compiler/kernel.ts'
import { emitMatmul } from './matmul.ts'
import { Bench } from './testing.ts'
import { cuts, indicesOf, layOut, layouts, positionOf, randomFloats, runInParts, type Layout } from './testingMaps.ts'

interface Problem {
  readonly batch: readonly number[]
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: Layout
  readonly b: Layout
  readonly c: Layout
}

const sizes = (most: number, longest: number) =>
  fc.record({
    batch: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 2 }),
    m: fc.nat(most),
    n: fc.nat(most),
    k: fc.nat(longest),
  })

/** Mostly small, some with several panels, some with several blocks of k. */
const problems: fc.Arbitrary<Problem> = fc
  .oneof(
    { weight: 4, arbitrary: sizes(30, 30) },
    { weight: 1, arbitrary: sizes(60, 60) },
    { weight: 1, arbitrary: sizes(14, 1300) },
  )
  .chain(size => {
    const rank = size.batch.length + 2
    return fc.record({
      ...given(size),
      a: layouts(rank, rank - 2),
      b: layouts(rank, rank - 2),
      c: layouts(rank, 0).map(layout => ({ ...layout, order: [...Array(rank).keys()] })),
    })
  })

const given = ({ batch, m, n, k }: Pick<Problem, 'batch' | 'm' | 'n' | 'k'>) => ({
  batch: fc.constant(batch),
  m: fc.constant(m),
  n: fc.constant(n),
  k: fc.constant(k),
})

const f32 = (written: boolean): { dtype: DType; written: boolean } => ({ dtype: 'f32', written })

function plainKernel({ batch, m, n, k, a, b, c }: Problem): MatmulKernel {
  return {
    kind: 'matmul',
    operands: [f32(false), f32(false), f32(true)],
    batch,
    m,
    n,
    k,
    a: { operand: 0, map: layOut([...batch, m, k], a).map },
    b: { operand: 1, map: layOut([...batch, k, n], b).map },
    values: [{ type: 'f32', op: 'product' }],
    stores: [{ operand: 2, value: 0, map: layOut([...batch, m, n], c).map, perRow: false }],
  }
}

/** The product of an element in double precision, and the sum of its terms' magnitudes, which bounds the error. */
function exact(kernel: MatmulKernel, x: Float32Array, y: Float32Array, index: readonly number[]) {
  const [row, column] = index.slice(-2) as [number, number]
  const batch = index.slice(0, -2)
  let [sum, magnitude] = [0, 0]
  for (let step = 0; step < kernel.k; step++) {
    const term =
      x[positionOf(kernel.a.map, [...batch, row, step])]! * y[positionOf(kernel.b.map, [...batch, step, column])]!
    sum += term
    magnitude += Math.abs(term)
  }
  return { sum, magnitude }
}

const benches = [new Bench(false), new Bench(true)] as const

describe('emitMatmul', () => {
  test('is the product for any sizes, strides and split of the units', () => {
    fc.assert(
      fc.property(problems, fc.boolean(), fc.integer(), cuts, (problem, relaxed, seed, cut) => {
        const bench = benches[Number(relaxed)]!
        bench.reset()
        const { batch, m, n, k, a, b, c } = problem
        const kernel = plainKernel(problem)
        const x = randomFloats(layOut([...batch, m, k], a).length, seed)
        const y = randomFloats(layOut([...batch, k, n], b).length, seed + 1)
        const { length } = layOut([...batch, m, n], c)
        const factors = [bench.place(x), bench.place(y)]
        const [whole, parts] = [bench.alloc(4 * length), bench.alloc(4 * length)]
        const emitted = emitMatmul(kernel, bench.target)
        bench.load(emitted, [...factors, whole])(0, emitted.units)
        runInParts(bench.load(emitted, [...factors, parts]), emitted.units, cut)

        const got = bench.floats(whole, length)
        const untouched = new Set(got.keys())
        for (const index of indicesOf([...batch, m, n])) {
          const { sum, magnitude } = exact(kernel, x, y, index)
          const position = positionOf(kernel.stores[0]!.map, index)
          untouched.delete(position)
          expect(Math.abs(got[position]! - sum)).toBeLessThanOrEqual((k + 1) * 2 ** -24 * magnitude)
        }
        const bits = bench.ints(whole, length)
        for (const position of untouched) expect(bits[position]).toBe(-1)
        expect(bench.ints(parts, length)).toEqual(bits)
      }),
      { numRuns: 300 },
    )
  })
})
