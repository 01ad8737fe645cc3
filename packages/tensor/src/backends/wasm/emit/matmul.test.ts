import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DType } from '../../../dtype.ts'
import type { MatmulKernel, Store } from '../../../compiler/kernel.ts'
import { emitMatmul } from './matmul.ts'
import type { Sgemm } from '../blas.ts'
import { importSgemm, type EmittedKernel } from './target.ts'
import { Bench } from './testing.ts'
import { cuts, indicesOf, positionOf, randomFloats, runInParts } from './testingMaps.ts'
import {
  type Epilogue,
  epilogues,
  identity,
  key,
  large,
  operand,
  type Problem,
  problemsOf,
  type Size,
  small,
} from './testingProducts.ts'

function kernelOf(problem: Problem, [aType, bType]: readonly [DType, DType], epilogue: Epilogue): MatmulKernel {
  const { batch, m, n, k, a, b, results } = problem
  const f32 = operand('f32')
  const out = operand('f32', true)
  return {
    kind: 'matmul',
    operands: [operand(aType), operand(bType), out, f32, f32, out, operand('u32')],
    batch,
    m,
    n,
    k,
    a: { operand: 0, map: a.map },
    b: { operand: 1, map: b.map },
    values: epilogue.values(problem),
    stores: epilogue.results.map(({ value }, i): Store => ({
      operand: i === 0 ? 2 : 5,
      value,
      map: results[i]!.map,
      perRow: false,
    })),
  }
}

/** Numbers as they are stored, and what the stored form means. */
interface Stored {
  readonly bits: Float32Array | Uint16Array | Int8Array
  readonly numbers: ArrayLike<number>
}

/** The upper half of an f32 is a bf16; f16 has ten bits of fraction, and these numbers are normal in it. */
const store: Readonly<Record<'f32' | 'f16' | 'bf16' | 'i8', (x: Float32Array) => Stored>> = {
  f32: x => ({ bits: x, numbers: x }),
  i8: x => {
    const bits = Int8Array.from(x, value => value * 100)
    return { bits, numbers: bits }
  },
  bf16: x => {
    const words = new Uint32Array(x.buffer)
    const bits = Uint16Array.from(words, word => word >>> 16)
    return { bits, numbers: new Float32Array(Uint32Array.from(bits, half => half << 16).buffer) }
  },
  f16: x => {
    const normal = Float32Array.from(x, value => (value < 0 ? -1 : 1) * (1 + Math.abs(Math.round(value * 512)) / 512))
    const words = new Uint32Array(normal.buffer)
    const bits = Uint16Array.from(words, word => ((word >>> 16) & 0x8000) | (((word & 0x7fffffff) >>> 13) - 0x1c000))
    return { bits, numbers: normal }
  },
}

/** The product of an element in double precision, and the sum of its terms' magnitudes, which bounds the error. */
function exact(kernel: MatmulKernel, x: ArrayLike<number>, y: ArrayLike<number>, index: readonly number[]) {
  const [row, column] = index.slice(-2) as [number, number]
  const batch = index.slice(0, -2)
  const [aStart, aStep] = [positionOf(kernel.a.map, [...batch, row, 0]), kernel.a.map.strides.at(-1)!]
  const [bStart, bStep] = [positionOf(kernel.b.map, [...batch, 0, column]), kernel.b.map.strides.at(-2)!]
  let sum = 0
  let magnitude = 0
  for (let step = 0; step < kernel.k; step++) {
    const term = x[aStart + step * aStep]! * y[bStart + step * bStep]!
    sum += term
    magnitude += Math.abs(term)
  }
  return { sum, magnitude }
}

const benches = [new Bench(false), new Bench(true)] as const

/** One matmul in a test: everything placed in memory, and the results that the oracle expects. */
function place(bench: Bench, problem: Problem, types: readonly [keyof typeof store, keyof typeof store], seed: number) {
  bench.reset()
  const a = store[types[0]](randomFloats(problem.a.length, seed))
  const b = store[types[1]](randomFloats(problem.b.length, seed + 1))
  const inputs = problem.inputs.map(({ length }, i) => randomFloats(length, seed + 2 + i))
  const factors = [bench.place(a.bits), bench.place(b.bits)]
  const [x, y] = inputs.map(input => bench.place(input))
  const keyAt = bench.place(key)
  const outs = () => problem.results.map(({ length }) => bench.alloc(4 * length))
  const load = (emitted: EmittedKernel, [first, second]: readonly number[]) =>
    bench.load(emitted, [...factors, first!, x!, y!, second!, keyAt])
  return { a: a.numbers, b: b.numbers, inputs, outs, load }
}

/** Where one result of the epilogue is wrong. */
function mistakes(
  kernel: MatmulKernel,
  problem: Problem,
  { results }: Epilogue,
  placed: ReturnType<typeof place>,
  got: Float32Array,
  result: 0 | 1,
  indices: Iterable<number[]>,
): string[] {
  const found: string[] = []
  const { of } = results[result]!
  const { map } = kernel.stores[result]!
  const { n, k } = problem
  for (const index of indices) {
    const { sum, magnitude } = exact(kernel, placed.a, placed.b, index)
    const [row, column] = index.slice(-2) as [number, number]
    const positions = problem.inputs.map(input => positionOf(input.map, index))
    const [x, y] = placed.inputs.map((input, i) => input[positions[i]!]!)
    const want = of({ product: sum, x: x!, y: y!, row, column, columns: n, position: positions[0]! })
    const position = positionOf(map, index)
    const allowed = (k + 1) * 2 ** -24 * magnitude + (of === identity ? 0 : 4e-7 * (1 + Math.abs(want)))
    if (!(Math.abs(got[position]! - want) <= allowed)) found.push(`[${index.join()}]: ${got[position]}, not ${want}`)
  }
  return found
}

const shapeOf = ({ batch, m, n }: Problem): number[] => [...batch, m, n]

/** Elements between those of a result that are not as before. */
function overwritten(problem: Problem, bits: Int32Array, result: 0 | 1): number[] {
  const between = new Set(bits.keys())
  const { map } = problem.results[result]
  for (const index of indicesOf(shapeOf(problem))) between.delete(positionOf(map, index))
  return [...between].filter(position => bits[position] !== -1)
}

/** A few indices of a large result. */
const someIndices = (problem: Problem, seed: number): number[][] => {
  const shape = shapeOf(problem)
  if (shape.includes(0)) return []
  const random = randomFloats(200 * shape.length, seed)
  return Array.from({ length: 200 }, (_, i) =>
    shape.map((size, d) => Math.floor(((random[i * shape.length + d]! + 1) / 2) * size)),
  )
}

const types = fc.constantFrom('f32' as const, 'f32' as const, 'f16' as const, 'bf16' as const, 'i8' as const)

interface Case {
  readonly problem: Problem
  readonly dtypes: readonly [keyof typeof store, keyof typeof store]
  readonly relaxed: boolean
  readonly blas: boolean
  readonly seed: number
  readonly cut: readonly number[]
}

const casesOf = (size: fc.Arbitrary<Size>): fc.Arbitrary<Case> =>
  fc.record({
    problem: problemsOf(size),
    dtypes: fc.tuple(types, types),
    relaxed: fc.boolean(),
    blas: fc.boolean(),
    seed: fc.integer(),
    cut: cuts,
  })

/** What a BLAS does, and demands of strides. */
const sgemmOn =
  (bench: Bench): Sgemm =>
  (transposeA, transposeB, m, n, k, a, strideA, b, strideB, c, strideC) => {
    const floats = new Float32Array(bench.bytes.buffer)
    if (strideA < (transposeA ? m : k) || strideB < (transposeB ? k : n) || strideC < n) throw new Error('bad stride')
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let l = 0; l < k; l++) {
          const [left, right] = [
            transposeA ? l * strideA + i : i * strideA + l,
            transposeB ? j * strideB + l : l * strideB + j,
          ]
          sum += floats[a / 4 + left]! * floats[b / 4 + right]!
        }
        floats[c / 4 + i * strideC + j] = sum
      }
  }

/** Runs a case whole and in parts, and checks the results at the given indices. */
function checkCase(
  { problem, dtypes, relaxed, blas, seed, cut }: Case,
  epilogue: Epilogue,
  indices: () => Iterable<number[]>,
): void {
  const bench = benches[Number(relaxed)]!
  const placed = place(bench, problem, dtypes, seed)
  const kernel = kernelOf(problem, dtypes, epilogue)
  const emitted = emitMatmul(kernel, blas ? { ...bench.target, sgemm: importSgemm(sgemmOn(bench)) } : bench.target)
  const [whole, parts] = [placed.outs(), placed.outs()]
  placed.load(emitted, whole)(0, emitted.units)
  runInParts(placed.load(emitted, parts), emitted.units, cut)
  for (const result of [0, 1] as const) {
    if (epilogue.results[result] === undefined) continue
    const { length } = problem.results[result]
    const got = bench.floats(whole[result]!, length)
    const bits = bench.ints(whole[result]!, length)
    expect(mistakes(kernel, problem, epilogue, placed, got, result, indices())).toEqual([])
    expect(overwritten(problem, bits, result)).toEqual([])
    expect(bench.ints(parts[result]!, length).every((word, i) => word === bits[i])).toBe(true)
  }
}

describe('emitMatmul', () => {
  test.each(Object.entries(epilogues))('%s: any sizes, strides, dtypes and split of the units', (name, epilogue) => {
    const check = (given: Case): void => checkCase(given, epilogue, () => indicesOf(shapeOf(given.problem)))
    fc.assert(fc.property(casesOf(small), check), { numRuns: name === 'plain' ? 300 : 80 })
  })

  test.each(['plain', 'two results'])('%s: large sizes', name => {
    const check = (given: Case): void =>
      checkCase(given, epilogues[name]!, () => someIndices(given.problem, given.seed))
    fc.assert(fc.property(casesOf(large), check), { numRuns: 40 })
  })
})
