import { describe, expect, it } from 'vitest'
import { compute, given } from '../../../test/compute.ts'
import type { DType } from '../../dtype.ts'
import * as build from '../../graph/build.ts'
import type { Reduction } from '../../graph/primitives.ts'

const cube = given([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [2, 3, 2])

describe('reductions', () => {
  it.each<[Reduction, number[], number[], number[]]>([
    ['sum', [0], [1, 3, 2], [8, 10, 12, 14, 16, 18]],
    ['sum', [1], [2, 1, 2], [9, 12, 27, 30]],
    ['sum', [0, 2], [1, 3, 1], [18, 26, 34]],
    ['sum', [0, 1, 2], [1, 1, 1], [78]],
    ['prod', [1], [2, 1, 2], [15, 48, 693, 960]],
    ['reduceMax', [1, 2], [2, 1, 1], [6, 12]],
  ])('%s over %j', async (op, axes, shape, numbers) => {
    expect(await compute([cube], x => build.reduction(op, x, axes))).toEqual({ shape, dtype: 'f32', numbers })
  })

  it.each<[Reduction, DType, number]>([
    ['sum', 'f32', 0],
    ['prod', 'f32', 1],
    ['reduceMax', 'f32', -Infinity],
    ['reduceMax', 'i32', -(2 ** 31)],
    ['reduceMax', 'u32', 0],
    ['reduceMax', 'i8', -128],
    ['reduceMax', 'bool', 0],
  ])('%s of an empty %s axis', async (op, dtype, value) => {
    const result = await compute([given([], [2, 0], dtype)], x => build.reduction(op, x, [1]))
    expect(result).toEqual({ shape: [2, 1], dtype, numbers: [value, value] })
  })

  it('adds in double precision and rounds once', async () => {
    expect((await compute([given([2 ** 24, 1, 1])], x => build.reduction('sum', x, [0]))).numbers).toEqual([
      2 ** 24 + 2,
    ])
  })

  it('propagates NaN and wraps integers', async () => {
    expect((await compute([given([1, NaN, 3])], x => build.reduction('reduceMax', x, [0]))).numbers).toEqual([NaN])
    const big = given([2 ** 31 - 1, 2 ** 31 - 1, 3], [3], 'i32')
    expect((await compute([big], x => build.reduction('prod', x, [0]))).numbers).toEqual([3])
    expect((await compute([big], x => build.reduction('sum', x, [0]))).numbers).toEqual([1])
  })
})

describe('argmax', () => {
  it.each([
    [[1, 5, 5, 2], 1],
    [[1, NaN, 5, NaN], 1],
    [[-Infinity, -Infinity], 0],
    [[-0, 0], 0],
  ])('of %j is %d', async (numbers, index) => {
    const result = await compute([given(numbers)], x => build.argmax(x, 0))
    expect(result).toEqual({ shape: [1], dtype: 'i32', numbers: [index] })
  })

  it('works along any axis', async () => {
    const x = given([1, 9, 3, 4, 5, 6], [2, 3])
    expect((await compute([x], node => build.argmax(node, 0))).numbers).toEqual([1, 0, 1])
    expect((await compute([x], node => build.argmax(node, 1))).numbers).toEqual([1, 2])
  })
})

it('cumsum runs along an axis', async () => {
  expect((await compute([cube], x => build.cumsum(x, 1))).numbers).toEqual([1, 2, 4, 6, 9, 12, 7, 8, 16, 18, 27, 30])
  expect((await compute([given([], [0, 2])], x => build.cumsum(x, 0))).shape).toEqual([0, 2])
})
