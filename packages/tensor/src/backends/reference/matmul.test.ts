import { expect, it } from 'vitest'
import { compute, given } from '../../../test/compute.ts'
import * as build from '../../graph/build.ts'

it('multiplies matrices', async () => {
  const product = await compute([given([1, 2, 3, 4, 5, 6], [2, 3]), given([1, 0, 0, 1, 1, 1], [3, 2])], build.matmul)
  expect(product).toEqual({ shape: [2, 2], dtype: 'f32', numbers: [4, 5, 10, 11] })
})

it('multiplies batches', async () => {
  const product = await compute([given([1, 2, 3, 4], [2, 1, 2]), given([5, 6, 7, 8], [2, 2, 1])], build.matmul)
  expect(product).toEqual({ shape: [2, 1, 1], dtype: 'f32', numbers: [17, 53] })
})

it('adds in double precision and wraps integers', async () => {
  const ones = [1, 1, 1]
  expect((await compute([given([2 ** 24, 1, 1], [1, 3]), given(ones, [3, 1])], build.matmul)).numbers).toEqual([
    2 ** 24 + 2,
  ])
  const big = given([2 ** 31 - 1], [1, 1], 'i32')
  expect((await compute([big, big], build.matmul)).numbers).toEqual([1])
})

it('gives zeros for an empty sum and nothing for empty axes', async () => {
  expect((await compute([given([], [2, 0]), given([], [0, 2])], build.matmul)).numbers).toEqual([0, 0, 0, 0])
  expect((await compute([given([], [0, 2]), given([1, 2], [2, 1])], build.matmul)).shape).toEqual([0, 1])
})
