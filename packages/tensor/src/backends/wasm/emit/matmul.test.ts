import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DType } from '../../../dtype.ts'
import type { IndexMap, MatmulKernel } from '../../../compiler/kernel.ts'
import { emitMatmul } from './matmul.ts'
import { Bench } from './testing.ts'

/** How a tensor lies: axes that `order` lists last lie closest together, with gaps between them. */
interface Layout {
  readonly order: readonly number[]
  readonly gap: number
  readonly repeated: readonly boolean[]
  readonly offset: number
}

const anyOrder = (rank: number) => fc.shuffledSubarray([...Array(rank).keys()], { minLength: rank, maxLength: rank })
const rowMajor = (rank: number) => fc.constant([...Array(rank).keys()])

/** Factors repeat batch axes (stride 0); results do not. */
const factorLayout = (rank: number): fc.Arbitrary<Layout> =>
  fc.record({ order: anyOrder(rank), gap: fc.nat(3), repeated: fc.array(fc.boolean(), { minLength: rank - 2, maxLength: rank - 2 }), offset: fc.nat(9) })
const resultLayout = (rank: number): fc.Arbitrary<Layout> =>
  fc.record({ order: rowMajor(rank), gap: fc.nat(3), repeated: fc.constant([]), offset: fc.nat(9) })

/** The map of a tensor with these sizes, and the elements of its block. */
function layOut(sizes: readonly number[], { order, gap, repeated, offset }: Layout): { map: IndexMap; length: number } {
  const strides = sizes.map(() => 0)
  let stride = 1
  for (const axis of order.toReversed()) {
    if (repeated[axis]) continue
    strides[axis] = stride
    stride = stride * Math.max(1, sizes[axis]!) + gap
  }
  return { map: { offset, strides, bounds: [], fill: 0 }, length: offset + stride }
}

interface Size {
  readonly batch: readonly number[]
  readonly m: number
  readonly n: number
  readonly k: number
}

const size = (most: number, longest: number): fc.Arbitrary<Size> =>
  fc.record({ batch: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 2 }), m: fc.nat(most), n: fc.nat(most), k: fc.nat(longest) })

const problem = fc.oneof({ weight: 4, arbitrary: size(30, 30) }, { weight: 1, arbitrary: size(60, 60) }, { weight: 1, arbitrary: size(14, 1300) }).chain(({ batch, m, n, k }) => {
  const rank = batch.length + 2
  return fc.record({
    size: fc.constant({ batch, m, n, k }),
    a: factorLayout(rank),
    b: factorLayout(rank),
    c: resultLayout(rank),
    relaxed: fc.boolean(),
    seed: fc.integer(),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
  })
})

const position = (map: IndexMap, index: readonly number[]): number => map.strides.reduce((sum, stride, d) => sum + stride * index[d]!, map.offset)

function* indices(sizes: readonly number[]): Generator<number[]> {
  const count = sizes.reduce((product, n) => product * n, 1)
  for (let i = 0; i < count; i++) {
    let rest = i
    yield sizes.map((_, d) => {
      const inner = sizes.slice(d + 1).reduce((product, n) => product * n, 1)
      const digit = Math.floor(rest / inner)
      rest %= inner
      return digit
    })
  }
}

function randomFloats(length: number, seed: number): Float32Array {
  let state = seed | 1
  return Float32Array.from({ length }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9
    return (state >> 8) / 2 ** 23
  })
}

const f32 = (written: boolean): { dtype: DType; written: boolean } => ({ dtype: 'f32', written })
const bench = [new Bench(false), new Bench(true)] as const

describe('emitMatmul', () => {
  test('is the product for any sizes, strides and split of the units', () => {
    fc.assert(
      fc.property(problem, ({ size: { batch, m, n, k }, a, b, c, relaxed, seed, cuts }) => {
        const machine = bench[Number(relaxed)]!
        machine.reset()
        const [A, B, C] = [layOut([...batch, m, k], a), layOut([...batch, k, n], b), layOut([...batch, m, n], c)]
        const x = randomFloats(A.length, seed)
        const y = randomFloats(B.length, seed + 1)
        const kernel: MatmulKernel = {
          ...{ kind: 'matmul', operands: [f32(false), f32(false), f32(true)], batch, m, n, k },
          ...{ a: { operand: 0, map: A.map }, b: { operand: 1, map: B.map } },
          ...{ values: [{ type: 'f32', op: 'product' }], stores: [{ operand: 2, value: 0, map: C.map, perRow: false }] },
        }
        const factors = [machine.place(x), machine.place(y)]
        const whole = machine.alloc(4 * C.length)
        const parts = machine.alloc(4 * C.length)
        const emitted = emitMatmul(kernel, machine.target)
        machine.load(emitted, [...factors, whole])(0, emitted.units)
        const run = machine.load(emitted, [...factors, parts])
        const bounds = [0, ...cuts.map(cut => Math.round(cut * emitted.units)).toSorted((p, q) => p - q), emitted.units]
        for (let i = bounds.length - 2; i >= 0; i--) run(bounds[i]!, bounds[i + 1]!)

        const got = machine.floats(whole, C.length)
        const touched = new Set<number>()
        for (const index of indices([...batch, m, n])) {
          let sum = 0
          let magnitude = 0
          const [row, column] = index.slice(-2) as [number, number]
          for (let step = 0; step < k; step++) {
            const term = x[position(A.map, [...index.slice(0, -2), row, step])]! * y[position(B.map, [...index.slice(0, -2), step, column])]!
            sum += term
            magnitude += Math.abs(term)
          }
          const to = position(C.map, index)
          touched.add(to)
          expect(Math.abs(got[to]! - sum)).toBeLessThanOrEqual((k + 1) * 2 ** -24 * magnitude)
        }
        const bits = machine.ints(whole, C.length)
        bits.forEach((value, i) => touched.has(i) || expect(value).toBe(-1))
        expect(machine.ints(parts, C.length)).toEqual(bits)
      }),
      { numRuns: 300 },
    )
  })
})
