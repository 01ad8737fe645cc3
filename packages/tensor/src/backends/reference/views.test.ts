import { expect, it } from 'vitest'
import { compute, type Given, given } from '../../../test/compute.ts'
import * as build from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'

const grid = given([0, 1, 2, 3, 4, 5], [2, 3])
const line = given([0, 1, 2, 3, 4, 5])
const none = given([], [0, 3])

it.each<[string, Given, (x: Node) => Node, number[], number[]]>([
  ['reshape', grid, x => build.reshape(x, [3, 2]), [3, 2], [0, 1, 2, 3, 4, 5]],
  ['permute', grid, x => build.permute(x, [1, 0]), [3, 2], [0, 3, 1, 4, 2, 5]],
  ['expand', given([1, 2], [2, 1]), x => build.expand(x, [2, 3]), [2, 3], [1, 1, 1, 2, 2, 2]],
  ['expand to nothing', given([1], [1]), x => build.expand(x, [0]), [0], []],
  ['pad', grid, x => build.pad(x, [1, 0], [0, 1], 9), [3, 4], [9, 9, 9, 9, 0, 1, 2, 9, 3, 4, 5, 9]],
  ['pad of nothing', none, x => build.pad(x, [1, 0], [0, 0], 7), [1, 3], [7, 7, 7]],
  ['slice', line, x => build.slice(x, [1], [6], [2]), [3], [1, 3, 5]],
  ['slice of two axes', grid, x => build.slice(x, [1, 0], [2, 3], [1, 2]), [1, 2], [3, 5]],
  ['empty slice', line, x => build.slice(x, [4], [2], [1]), [0], []],
  ['flip', grid, x => build.flip(x, [0]), [2, 3], [3, 4, 5, 0, 1, 2]],
  ['flip both', grid, x => build.flip(x, [0, 1]), [2, 3], [5, 4, 3, 2, 1, 0]],
  ['flip of nothing', none, x => build.flip(x, [0]), [0, 3], []],
  ['window', line, x => build.window(x, { axis: 0, size: 2, stride: 2, dilation: 3 }), [2, 2], [0, 3, 2, 5]],
  [
    'window of a first axis',
    grid,
    x => build.window(x, { axis: 0, size: 2, stride: 1, dilation: 1 }),
    [1, 3, 2],
    [0, 3, 1, 4, 2, 5],
  ],
])('%s', async (_, input, make, shape, numbers) => {
  expect(await compute([input], make)).toEqual({ shape, dtype: 'f32', numbers })
})

it('rounds the value of a pad to the dtype', async () => {
  expect((await compute([given([])], x => build.pad(x, [1], [0], 0.1))).numbers).toEqual([Math.fround(0.1)])
})
