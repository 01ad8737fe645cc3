import fc from 'fast-check'
import type { DType } from '../../../dtype.ts'
import type { Operand, Value } from '../../../compiler/kernel.ts'
import { threefry } from '../../reference/threefry.ts'
import { layOut, layouts, type Placed } from './testingMaps.ts'

/** A product's sizes, and how the factors, two results and two more inputs of an epilogue lie. */
export interface Problem {
  readonly batch: readonly number[]
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: Placed
  readonly b: Placed
  readonly results: readonly [Placed, Placed]
  readonly inputs: readonly [Placed, Placed]
}

const sizes = (most: number, longest: number) =>
  fc.record({
    batch: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 2 }),
    m: fc.nat(most),
    n: fc.nat(most),
    k: fc.nat(longest),
  })

export interface Size {
  readonly batch: readonly number[]
  readonly m: number
  readonly n: number
  readonly k: number
}

/** Mostly tiny, some with several panels, some flat, some with several blocks of k. */
export const small = fc.oneof(
  { weight: 4, arbitrary: sizes(30, 30) },
  { weight: 1, arbitrary: sizes(60, 60) },
  { weight: 1, arbitrary: sizes(14, 1300) },
)

const upTo = (m: number, n: number, k: number): fc.Arbitrary<Size> =>
  fc.record({ batch: fc.constantFrom([], [1], [2]), m: fc.nat(m), n: fc.nat(n), k: fc.nat(k) })

/** Several blocks of rows and of columns; factors too far spread to be read in place; panels too long to be kept. */
export const large = fc.oneof(upTo(250, 700, 150), upTo(20, 700, 700), upTo(20, 80, 9000))

export const problemsOf = (size: fc.Arbitrary<Size>): fc.Arbitrary<Problem> =>
  size.chain(({ batch, m, n, k }) => {
    const rank = batch.length + 2
    const placed = (shape: readonly number[], repeatable: number) =>
      layouts(rank, repeatable).map(layout => layOut(shape, layout))
    const result = fc.oneof(
      placed([...batch, m, n], 0),
      fc.constant(layOut([...batch, m, n], { order: [...Array(rank).keys()], gap: 0, repeated: [], offset: 0 })),
    )
    return fc.record({
      batch: fc.constant(batch),
      m: fc.constant(m),
      n: fc.constant(n),
      k: fc.constant(k),
      a: placed([...batch, m, k], rank - 2),
      b: placed([...batch, k, n], rank - 2),
      results: fc.tuple(result, result),
      inputs: fc.tuple(placed([...batch, m, n], rank), placed([...batch, m, n], rank)),
    })
  })

/** What an epilogue computes at a place from the product and the two inputs, and the same as values of a kernel. */
export interface Epilogue {
  readonly values: (problem: Problem) => readonly Value[]
  /** By result: the value that is stored, and what it should be. */
  readonly results: readonly { readonly value: number; readonly of: (at: Point) => number }[]
}

interface Point {
  readonly product: number
  readonly x: number
  readonly y: number
  readonly row: number
  readonly column: number
  readonly columns: number
  /** Of the first input. */
  readonly position: number
}

export const product: Value = { type: 'f32', op: 'product' }
const load = (input: 0 | 1, { inputs }: Problem): Value => ({
  type: 'f32',
  op: 'load',
  operand: 3 + input,
  map: inputs[input].map,
})
const number = (value: number): Value => ({ type: 'f32', op: 'constant', value })
const apply = (op: 'add' | 'mul' | 'max' | 'tanh' | 'exp', ...inputs: number[]): Value => ({ type: 'f32', op, inputs })
const loopIndex = ({ batch }: Problem, loop: 0 | 1): Value => ({
  type: 'i32',
  op: 'index',
  map: { offset: 0, strides: [...batch.map(() => 0), Number(loop === 0), Number(loop === 1)], bounds: [], fill: 0 },
})
/** The first input with its first row and its last column cut off. */
const padded = (problem: Problem): Value => {
  const { batch, m, n, inputs } = problem
  const bounds = [
    { loop: batch.length, start: 1, stop: Math.max(1, m) },
    { loop: batch.length + 1, start: 0, stop: Math.max(0, n - 1) },
  ]
  return { type: 'f32', op: 'load', operand: 3, map: { ...inputs[0].map, bounds, fill: 3 } }
}

/** The error of the product alone is bounded tightly. */
export const identity = (at: Point): number => at.product

export const key = Uint32Array.of(0x12345678, 0x9abcdef0)

export const epilogues: Readonly<Record<string, Epilogue>> = {
  plain: { values: () => [product], results: [{ value: 0, of: identity }] },
  'bias and relu': {
    values: problem => [product, load(0, problem), apply('add', 0, 1), number(0), apply('max', 2, 3)],
    results: [{ value: 4, of: at => Math.max(0, at.product + at.x) }],
  },
  'two results': {
    values: problem => [product, load(1, problem), load(0, problem), apply('mul', 0, 1), apply('tanh', 3)],
    results: [
      { value: 4, of: at => Math.tanh(at.product * at.y) },
      { value: 0, of: identity },
    ],
  },
  'causal mask': {
    values: problem => [
      product,
      loopIndex(problem, 0),
      loopIndex(problem, 1),
      { type: 'bool', op: 'lessEqual', inputs: [2, 1] },
      number(-9),
      { type: 'f32', op: 'where', inputs: [3, 0, 4] },
    ],
    results: [{ value: 5, of: at => (at.column <= at.row ? at.product : -9) }],
  },
  'bounded load': {
    values: problem => [padded(problem), product, apply('add', 0, 1)],
    results: [{ value: 2, of: at => at.product + (at.row > 0 && at.column < at.columns - 1 ? at.x : 3) }],
  },
  dropout: {
    values: problem => [
      product,
      { type: 'u32', op: 'randomBits', operand: 6, map: problem.inputs[0].map },
      { type: 'u32', op: 'constant', value: 2 ** 31 },
      { type: 'bool', op: 'less', inputs: [1, 2] },
      number(0),
      { type: 'f32', op: 'where', inputs: [3, 0, 4] },
    ],
    results: [{ value: 5, of: at => (threefry(key[0]!, key[1]!, at.position) < 2 ** 31 ? at.product : 0) }],
  },
  'no product': {
    values: problem => [load(0, problem), apply('exp', 0)],
    results: [{ value: 1, of: at => Math.exp(at.x) }],
  },
}

export const operand = (dtype: DType, written = false): Operand => ({ dtype, written })
