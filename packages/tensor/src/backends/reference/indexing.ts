import { ArgumentError } from '../../errors.ts'
import { rowMajorStrides, sizeOf } from '../../shape.ts'
import { eachLine } from './lines.ts'
import { pick, positions } from './positions.ts'
import type { Rules, Value } from './value.ts'

/** For every element of `index`: where it points in a row-major tensor of the shape of `target`, along an axis. */
function pointed(operation: string, target: Value, index: Value, axis: number): Float64Array {
  const size = target.shape[axis]!
  const strides = rowMajorStrides(target.shape)
  return positions(index.shape, strides.with(axis, 0)).map((start, i) => {
    const at = index.numbers[i]!
    if (at < 0 || at >= size)
      throw new ArgumentError(operation, `index ${at} is out of range for an axis of size ${size}`)
    return start + at * strides[axis]!
  })
}

export const indexingRules: Rules<'concat' | 'gather' | 'scatterAdd' | 'sliceScatter' | 'argsort'> = {
  concat({ attributes: { axis }, shape }, ...parts) {
    const out = new Float64Array(sizeOf(shape))
    const strides = rowMajorStrides(shape)
    let start = 0
    for (const { shape: own, numbers } of parts) {
      positions(own, strides, start * strides[axis]!).forEach((position, i) => (out[position] = numbers[i]!))
      start += own[axis]!
    }
    return out
  },
  gather: ({ attributes }, x, index) => pick(x.numbers, pointed('gather', x, index, attributes.axis)),
  scatterAdd({ attributes }, base, index, source) {
    const out = base.numbers.slice()
    pointed('scatterAdd', base, index, attributes.axis).forEach((position, i) => {
      out[position]! += source.numbers[i]!
    })
    return out
  },
  sliceScatter({ attributes: { axis }, shape }, base, source, start) {
    const out = base.numbers.slice()
    const strides = rowMajorStrides(shape)
    const along = positions(
      source.shape,
      source.shape.map((_, i) => Number(i === axis)),
      start.numbers[0],
    )
    positions(source.shape, strides.with(axis, 0)).forEach((position, i) => {
      const at = along[i]!
      if (at >= 0 && at < shape[axis]!) out[position + at * strides[axis]!] = source.numbers[i]!
    })
    return out
  },
  argsort({ attributes: { axis, descending } }, x) {
    const out = new Float64Array(x.numbers.length)
    eachLine(x.shape, axis, at => {
      const direction = descending ? -1 : 1
      const order = at.map((_, i) => i).sort((i, j) => direction * compare(x.numbers[at[i]!]!, x.numbers[at[j]!]!))
      order.forEach((from, i) => {
        out[at[i]!] = from
      })
    })
    return out
  },
}

/** Order of two numbers in which NaN is above everything and equal to itself; both zeros are equal. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return Number(a > b) - Number(a < b)
}
