import { describe, expect, it } from 'vitest'
import { compute, given } from '../../../test/compute.ts'
import { ArgumentError } from '../../errors.ts'
import * as build from '../../graph/build.ts'

const grid = given([0, 1, 2, 3, 4, 5], [2, 3])

describe('gather', () => {
  it('picks along an axis', async () => {
    const rows = await compute([grid, given([1, 0, 1, 0, 0, 0], [2, 3], 'i32')], (x, i) => build.gather(x, i, 0))
    expect(rows.numbers).toEqual([3, 1, 5, 0, 1, 2])
    const columns = await compute([grid, given([2, 2, 0, 1], [2, 2], 'i32')], (x, i) => build.gather(x, i, 1))
    expect(columns).toEqual({ shape: [2, 2], dtype: 'f32', numbers: [2, 2, 3, 4] })
  })

  it('says which index is out of range', async () => {
    const table = given(new Array<number>(65).fill(0))
    for (const index of [70, -1]) {
      const result = compute([table, given([index], [1], 'i32')], (x, i) => build.gather(x, i, 0))
      await expect(result).rejects.toThrow(
        new ArgumentError('gather', `index ${index} is out of range for an axis of size 65`),
      )
    }
  })

  it('picks nothing from nothing', async () => {
    const result = await compute([given([]), given([], [0], 'i32')], (x, i) => build.gather(x, i, 0))
    expect(result.numbers).toEqual([])
  })
})

describe('scatterAdd', () => {
  it('adds what shares an index', async () => {
    const index = given([1, 1, 0, 1], [4], 'i32')
    const result = await compute([given([10, 20, 30]), index, given([1, 2, 3, 4])], (x, i, source) =>
      build.scatterAdd(x, i, source, 0),
    )
    expect(result.numbers).toEqual([13, 27, 30])
  })

  it('works along a first axis and checks indices', async () => {
    const source = given([1, 2, 3], [1, 3])
    const add = (row: number) =>
      compute([grid, given([row, row, row], [1, 3], 'i32'), source], (x, i, s) => build.scatterAdd(x, i, s, 0))
    expect((await add(1)).numbers).toEqual([0, 1, 2, 4, 6, 8])
    await expect(add(2)).rejects.toThrow('scatterAdd: index 2 is out of range for an axis of size 2')
  })
})

describe('argsort', () => {
  it.each([
    [[3, 1, 2], false, [1, 2, 0]],
    [[3, 1, 2], true, [0, 2, 1]],
    [[1, 0, 1, 0], false, [1, 3, 0, 2]],
    [[1, 0, 1, 0], true, [0, 2, 1, 3]],
    [[NaN, 1, Infinity, NaN], false, [1, 2, 0, 3]],
    [[1, NaN, -0, 0, Infinity], true, [1, 4, 0, 2, 3]],
    [[], false, []],
  ])('of %j (descending: %j)', async (numbers, descending, order) => {
    const result = await compute([given(numbers)], x => build.argsort(x, 0, descending))
    expect(result).toEqual({ shape: [numbers.length], dtype: 'i32', numbers: order })
  })

  it('works along a first axis', async () => {
    const x = given([5, 1, 3, 0, 4, 2], [2, 3])
    expect((await compute([x], node => build.argsort(node, 0, false))).numbers).toEqual([1, 0, 1, 0, 1, 0])
  })
})
