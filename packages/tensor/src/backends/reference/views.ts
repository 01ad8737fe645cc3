import type { View } from '../../graph/primitives.ts'
import { rowMajorStrides, sizeOf } from '../../shape.ts'
import { pick, positions } from './positions.ts'
import type { Rules } from './value.ts'

export const viewRules: Rules<View> = {
  reshape: (_, x) => x.numbers,
  permute({ attributes, shape }, x) {
    const strides = rowMajorStrides(x.shape)
    return pick(
      x.numbers,
      positions(
        shape,
        attributes.axes.map(axis => strides[axis]!),
      ),
    )
  },
  expand({ shape }, x) {
    const strides = rowMajorStrides(x.shape).map((stride, axis) => (x.shape[axis] === 1 ? 0 : stride))
    return pick(x.numbers, positions(shape, strides))
  },
  pad({ attributes: { before, value }, shape }, x) {
    const strides = rowMajorStrides(shape)
    const target = positions(x.shape, strides, dot(before, strides))
    const out = new Float64Array(sizeOf(shape)).fill(value)
    x.numbers.forEach((element, i) => {
      out[target[i]!] = element
    })
    return out
  },
  slice({ attributes: { start, step }, shape }, x) {
    const strides = rowMajorStrides(x.shape)
    return pick(
      x.numbers,
      positions(
        shape,
        strides.map((stride, axis) => stride * step[axis]!),
        dot(start, strides),
      ),
    )
  },
  flip({ attributes: { axes }, shape }, x) {
    const strides = rowMajorStrides(x.shape)
    const lastOfFlipped = shape.map((n, axis) => (axes.includes(axis) ? n - 1 : 0))
    return pick(
      x.numbers,
      positions(
        shape,
        strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride)),
        dot(lastOfFlipped, strides),
      ),
    )
  },
  window({ attributes: { axis, stride, dilation }, shape }, x) {
    const strides = rowMajorStrides(x.shape)
    const along = strides[axis]!
    return pick(x.numbers, positions(shape, [...strides.with(axis, along * stride), along * dilation]))
  },
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0)
