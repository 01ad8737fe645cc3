import { expect, test } from 'vitest'
import { linearize } from '../graph/linearize.ts'
import { arange, concat, setDevice, stack, tensor, type Tensor, where, zeros } from '../index.ts'
import { plan } from './plan.ts'

setDevice('reference')

/** Kernel kinds of the program that computes tensors, in order. */
const kindsOf = (...tensors: Tensor[]): string[] => planOf(...tensors).launches.map(launch => launch.kernel.kind)
const planOf = (...tensors: Tensor[]): ReturnType<typeof plan> =>
  plan(
    linearize(
      tensors.map(t => t.node),
      tensors.map(() => undefined),
    ).graph(),
  )
const data = (...shape: number[]): Tensor => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), { shape })

test('a chain of elementwise operations is one kernel', () => {
  expect(kindsOf(data(4, 8).mul(2).add(data(8)).exp().div(data(4, 1)))).toEqual(['loops'])
})

test('softmax reads each row once: one kernel with three stages', () => {
  const { launches } = planOf(data(16, 32).softmax())
  expect(launches.map(({ kernel }) => kernel.kind === 'loops' && kernel.stages.length)).toEqual([3])
})

test('layer normalisation with scale and shift is one kernel', () => {
  expect(kindsOf(data(16, 32).normalize().mul(data(32)).add(data(32)))).toEqual(['loops'])
})

test('bias, activation and residual are the epilogue of a product', () => {
  const x = data(2, 8, 16)
  expect(kindsOf(x.matmul(data(16, 16)).add(data(16)).gelu().add(x))).toEqual(['matmul'])
})

test('a product whose rows are regrouped and permuted is copied by a kernel of its own', () => {
  const product = data(10, 3).matmul(data(3, 8))
  expect(
    kindsOf(
      product
        .reshape([2, 5, 8])
        .permute([1, 0, 2])
        .add(data(5, 2, 8)),
    ),
  ).toEqual(['matmul', 'loops'])
  expect(kindsOf(product.reshape([2, 5, 8]).add(1).permute([1, 0, 2]))).toEqual(['matmul', 'loops'])
})

test('attention heads are views: two products and one softmax', () => {
  const heads = (x: Tensor): Tensor => x.reshape([2, 4, 2, 8]).permute([0, 2, 1, 3])
  const [q, k, v] = [data(2, 4, 16), data(2, 4, 16), data(2, 4, 16)].map(heads) as [Tensor, Tensor, Tensor]
  const masked = where(arange(4).le(arange(4).unsqueeze(-1)), q.matmul(k.transpose()), -Infinity)
  expect(kindsOf(masked.softmax().matmul(v).permute([0, 2, 1, 3]).reshape([2, 4, 16]))).toEqual([
    'matmul',
    'loops',
    'matmul',
  ])
})

test('column sums over the same values share one pass', () => {
  const x = data(32, 8)
  expect(kindsOf(x.sum(0), x.mul(x).sum(0))).toEqual(['loops'])
})

test('two joined values are one expression', () => {
  expect(kindsOf(concat([data(2, 3), data(4, 3)]).exp())).toEqual(['loops'])
})

test('kernels store what is joined in its place: nothing is computed or moved twice', () => {
  const x = data(4, 3)
  expect(kindsOf(concat([x.exp(), x.softmax(), x.matmul(data(3, 3)).add(1)], 1))).toEqual(['loops', 'loops', 'matmul'])
  const { launches } = planOf(stack(Array.from({ length: 100 }, (_, i) => data(2, 3).mul(i + 2))))
  expect(launches.map(({ kernel }) => kernel.kind === 'loops' && kernel.inner)).toEqual(new Array(100).fill([6]))
})

test('a product that is only used transposed is computed transposed', () => {
  const { launches } = planOf(data(8, 16).transpose().matmul(data(8, 4)).transpose())
  expect(launches.map(({ kernel }) => kernel.kind === 'matmul' && [kernel.m, kernel.n])).toEqual([[4, 16]])
})

test('equal expressions are computed once', () => {
  const x = data(64)
  const { launches } = planOf(x.exp(), x.exp().mul(2))
  expect(launches.length).toBe(1)
})

test('an update may replace its input in place, unless the old value is read elsewhere later', () => {
  const w = data(4, 4)
  const inPlace = (next: Tensor, ...others: Tensor[]): unknown =>
    plan(
      linearize(
        [next, ...others].map(t => t.node),
        [w.node, ...others.map(() => undefined)],
      ).graph(),
    ).inPlace[0]
  expect(inPlace(w.add(1))).toBe(0)
  expect(inPlace(w.transpose().add(1))).toBeUndefined()
  expect(inPlace(w.sub(w.matmul(w)))).toBeUndefined()
})

test('empty tensors need no kernels', () => {
  expect(kindsOf(zeros([0, 4]).add(1))).toEqual([])
})

test('a product reads weights of 16 bits as they are stored', () => {
  const stored = tensor(new Uint16Array(32), { shape: [4, 8], dtype: 'bf16' })
  const { launches } = planOf(data(1, 8).matmul(stored.transpose()).add(1))
  expect(launches.map(({ kernel }) => [kernel.kind, ...kernel.operands.map(({ dtype }) => dtype)])).toEqual([
    ['matmul', 'f32', 'bf16', 'f32'],
  ])
})

test('kernels that differ only in which part of a buffer they use are one', () => {
  const x = data(50, 2, 3)
  const { launches } = planOf(stack(Array.from({ length: 50 }, (_, i) => x.at(i).exp())))
  expect(launches.length).toBe(50)
  expect(new Set(launches.map(({ kernel }) => JSON.stringify(kernel))).size).toBe(1)
})
