import fc from 'fast-check'
import { expect, it } from 'vitest'
import { plan } from '../src/compiler/plan.ts'
import * as build from '../src/graph/build.ts'
import { linearize } from '../src/graph/linearize.ts'
import type { Node } from '../src/graph/node.ts'
import { arange, compile, type DType, tensor, type Tensor, where, zeros } from '../src/index.ts'

const numbers = (shape: readonly number[], dtype: DType): Tensor =>
  arange(shape.reduce((product, n) => product * n, 1))
    .reshape(shape)
    .remainder(2)
    .add(1)
    .to(dtype)

/** The same by choosing between each place of the base and the source's row that belongs there. */
function chosen(base: Tensor, source: Tensor, axis: number, start: number): Tensor {
  const [n, count] = [base.shape[axis]!, source.shape[axis]!]
  const row = arange(n).sub(start)
  const inside = row
    .ge(0)
    .and(row.lt(count))
    .reshape(base.shape.map((_, i) => (i === axis ? n : 1)))
  return where(inside, source.indexSelect(axis, row.clamp(0, count - 1)), base)
}

const caseOf = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
    axis: fc.nat(),
    count: fc.integer({ min: 1, max: 7 }),
  })
  .chain(({ shape, axis, count }) =>
    fc.record({
      shape: fc.constant(shape),
      axis: fc.constant(axis % shape.length),
      count: fc.constant(count),
      start: fc.integer({ min: -9, max: 9 }),
    }),
  )
const dtypes = fc.constantFrom<DType>('f32', 'bf16', 'i32', 'i8', 'bool')

it('puts the source in its place, whatever lies outside', async () => {
  await fc.assert(
    fc.asyncProperty(caseOf, dtypes, async ({ shape, axis, count, start }, dtype) => {
      const base = zeros(shape, dtype)
      const source = numbers(shape.with(axis, count).toReversed(), dtype).permute(
        shape.map((_, i) => shape.length - 1 - i),
      )
      const result = base.sliceScatter(source, axis, tensor(new Int32Array([start]), { shape: [] }))
      expect(await result.data()).toEqual(await chosen(base, source, axis, start).data())
    }),
    { numRuns: 200, seed: 1 },
  )
})

it('writes into what it is assigned to', async () => {
  const [heads, rows, columns] = [2, 8, 300]
  const cache = numbers([heads, rows, columns], 'f32')
  const expected = new Float32Array(await cache.data())
  const write = compile((row: Tensor, at: Tensor) => void cache.assign(cache.sliceScatter(row, 1, at)))
  const { block } = cache.node.storage!
  for (const at of [0, 5, 2, 7]) {
    const row = new Float32Array(heads * columns).fill(at)
    write(tensor(row, { shape: [heads, 1, columns] }), tensor(new Int32Array([at]), { shape: [] }))
    for (const head of [0, 1]) expected.fill(at, (head * rows + at) * columns, (head * rows + at + 1) * columns)
    expect(await cache.data()).toEqual(expected)
    expect(cache.node.storage!.block).toBe(block)
  }
})

it('keeps the base where a graph made before reads it', async () => {
  const cache = zeros([4])
  await cache.data()
  const before = cache.add(1)
  cache.assign(cache.sliceScatter(tensor([5]), 0, 2))
  expect(await cache.data()).toEqual(Float32Array.of(0, 0, 5, 0))
  expect(await before.data()).toEqual(Float32Array.of(1, 1, 1, 1))
})

it.each([
  ['another tensor', true, (_: Node, other: Node) => other],
  ['computed of the base before', true, (base: Node) => build.unary('neg', base)],
  ['part of the base', false, (base: Node) => base],
])('may take the place of its base where the source is %s: %s', (_, isInPlace, sourceOf) => {
  const [base, other] = [0, 1].map(() => build.makeNode('buffer', [], {}, [4], 'f32')) as [Node, Node]
  const source = build.slice(sourceOf(base, other), [0], [2], [1])
  const linear = linearize([build.sliceScatter(base, source, build.constant(1, 'i32'), 0)], [base])
  expect(plan(linear.graph()).inPlace).toEqual([isInPlace ? linear.inputs.indexOf(base) : undefined])
})

it('says what does not fit', () => {
  const x = zeros([4, 2])
  expect(() => x.sliceScatter(zeros([2, 3]), 0, 0)).toThrow(
    'sliceScatter: [4, 2] and the source [2, 3] differ outside of axis 0',
  )
  expect(() => x.sliceScatter(zeros([2, 2]), 0, 3)).toThrow('2 positions from 3 on leave axis 0, which has 4')
  expect(() => x.sliceScatter(zeros([2, 2]), 0, zeros([]))).toThrow('the index is i32, got f32')
})

it('packs a base whose views another input cuts in two', async () => {
  const x = tensor([1, 2, 3])
  const start = tensor(new Int32Array([3]), { shape: [] })
  const turned = x.flip(0)
  expect(await turned.flip(0).sliceScatter(turned, 0, start).neg().data()).toEqual(new Float32Array([-1, -2, -3]))
})
