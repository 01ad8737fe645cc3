import { ArgumentError, printed, ShapeError } from '../errors.ts'
import * as build from '../graph/build.ts'
import { checkShape, normalizeAxes, normalizeAxis, type Shape, show, sizeOf } from '../shape.ts'
import { Tensor } from '../tensor.ts'
import type { Axes } from './reduce.ts'

/** Part of an axis: a position, [start, stop?, step?] (negative from the end), or null for all of it. */
export type Index = number | null | readonly [start?: number | null, stop?: number | null, step?: number]

export function reshape(x: Tensor, shape: Shape): Tensor {
  const free = shape.indexOf(-1)
  if (free < 0) {
    checkShape('reshape', shape)
    return new Tensor(build.reshape(x.node, shape))
  }
  const rest = sizeOf(shape.toSpliced(free, 1))
  if (rest === 0 || x.size % rest !== 0 || shape.lastIndexOf(-1) !== free)
    throw new ShapeError('reshape', `${show(x.shape)} does not fit ${show(shape)}`, [x.shape, shape])
  return new Tensor(build.reshape(x.node, shape.with(free, x.size / rest)))
}

export function flatten(x: Tensor, start = 0, end = -1): Tensor {
  if (x.rank === 0) return x.reshape([1])
  const from = normalizeAxis('flatten', start, x.rank)
  const to = normalizeAxis('flatten', end, x.rank)
  if (from > to) throw new ArgumentError('flatten', `axis ${start} lies behind axis ${end}`)
  return reshape(x, [...x.shape.slice(0, from), sizeOf(x.shape.slice(from, to + 1)), ...x.shape.slice(to + 1)])
}

export function permute(x: Tensor, axes: readonly number[]): Tensor {
  if (!Array.isArray(axes)) throw new ArgumentError('permute', `axes are a list, got ${printed(axes)}`)
  const order = axes.map(axis => normalizeAxis('permute', axis, x.rank))
  if (order.length !== x.rank || new Set(order).size !== x.rank)
    throw new ArgumentError('permute', `${show(axes)} does not name each axis of ${show(x.shape)} once`)
  return new Tensor(build.permute(x.node, order))
}

export function transpose(x: Tensor, a: number, b: number): Tensor {
  const [i, j] = [normalizeAxis('transpose', a, x.rank), normalizeAxis('transpose', b, x.rank)]
  const order = Array.from({ length: x.rank }, (_, axis) => axis)
  return new Tensor(build.permute(x.node, order.with(i, j).with(j, i)))
}

export function expand(x: Tensor, shape: Shape): Tensor {
  if (shape.length < x.rank)
    throw new ShapeError('expand', `${show(x.shape)} does not expand to the smaller rank of ${show(shape)}`, [
      x.shape,
      shape,
    ])
  const lead = shape.length - x.rank
  const full = shape.map((n, i) => (n === -1 && i >= lead ? x.shape[i - lead]! : n))
  checkShape('expand', full)
  return new Tensor(build.expand(build.reshape(x.node, [...new Array<number>(lead).fill(1), ...x.shape]), full))
}

export function squeeze(x: Tensor, axis?: number): Tensor {
  if (axis === undefined)
    return reshape(
      x,
      x.shape.filter(n => n !== 1),
    )
  const at = normalizeAxis('squeeze', axis, x.rank)
  return x.shape[at] === 1 ? reshape(x, x.shape.toSpliced(at, 1)) : x
}

export const unsqueeze = (x: Tensor, axis: number): Tensor =>
  reshape(x, x.shape.toSpliced(normalizeAxis('unsqueeze', axis, x.rank + 1), 0, 1))

/** Start, stop and step of one index, within an axis of n positions. */
function range(index: Index, n: number, axis: number): [start: number, stop: number, step: number] {
  if (index === null) return [0, n, 1]
  if (typeof index === 'number') {
    if (!Number.isInteger(index) || index < -n || index >= n)
      throw new ArgumentError('at', `index ${index} is out of range for axis ${axis} of size ${n}`)
    const start = index < 0 ? index + n : index
    return [start, start + 1, 1]
  }
  const [from, to, step = 1] = index
  if (!Number.isInteger(step) || step < 1)
    throw new ArgumentError(
      'at',
      `the step of axis ${axis} is a positive integer, got ${step}; use flip to go backwards`,
    )
  const inside = (at: number): number => {
    if (!Number.isInteger(at))
      throw new ArgumentError('at', `axis ${axis} is cut at integers, got ${printed(at)}; null is the end`)
    return Math.min(n, Math.max(0, at < 0 ? at + n : at))
  }
  const start = inside(from ?? 0)
  return [start, Math.max(start, inside(to ?? n)), step]
}

export function at(x: Tensor, indices: readonly Index[]): Tensor {
  if (indices.length > x.rank) throw new ArgumentError('at', `${indices.length} indices for a tensor of rank ${x.rank}`)
  const ranges = x.shape.map((n, axis) => range(indices[axis] ?? null, n, axis))
  const cut = build.slice(
    x.node,
    ranges.map(r => r[0]),
    ranges.map(r => r[1]),
    ranges.map(r => r[2]),
  )
  return new Tensor(
    build.reshape(
      cut,
      cut.shape.filter((_, axis) => typeof indices[axis] !== 'number'),
    ),
  )
}

export function narrow(x: Tensor, axis: number, start: number, length: number): Tensor {
  const on = normalizeAxis('narrow', axis, x.rank)
  if (!Number.isInteger(start) || !Number.isInteger(length))
    throw new ArgumentError('narrow', `start and length are integers, got ${printed(start)} and ${printed(length)}`)
  const from = start < 0 ? start + x.shape[on]! : start
  if (from < 0 || length < 0 || from + length > x.shape[on]!)
    throw new ArgumentError('narrow', `positions ${start} to ${start + length} leave axis ${axis} of ${show(x.shape)}`)
  const cut = x.shape.map((n, i) => (i === on ? ([from, from + length] as const) : ([0, n] as const)))
  return new Tensor(
    build.slice(
      x.node,
      cut.map(c => c[0]),
      cut.map(c => c[1]),
      cut.map(() => 1),
    ),
  )
}

export function split(x: Tensor, size: number | readonly number[], axis = 0): Tensor[] {
  const n = x.shape[normalizeAxis('split', axis, x.rank)]!
  if (typeof size === 'number' && (!Number.isInteger(size) || size < 1))
    throw new ArgumentError('split', `the size is a positive integer, got ${size}`)
  const sizes =
    typeof size === 'number'
      ? Array.from({ length: Math.ceil(n / size) }, (_, i) => Math.min(size, n - i * size))
      : size
  if (sizes.reduce((a, b) => a + b, 0) !== n)
    throw new ArgumentError('split', `sizes ${show(sizes)} do not add up to ${n}, the size of axis ${axis}`)
  let start = 0
  return sizes.map(length => narrow(x, axis, (start += length) - length, length))
}

export function chunk(x: Tensor, count: number, axis = 0): Tensor[] {
  if (!Number.isInteger(count) || count < 1)
    throw new ArgumentError('chunk', `the count is a positive integer, got ${printed(count)}`)
  return split(x, Math.max(1, Math.ceil(x.shape[normalizeAxis('chunk', axis, x.rank)]! / count)), axis)
}

export const flip = (x: Tensor, axes: Axes): Tensor =>
  new Tensor(build.flip(x.node, normalizeAxes('flip', axes, x.rank)))

export function pad(x: Tensor, widths: readonly (readonly [number, number])[], value = 0): Tensor {
  if (!widths.flat().every(Number.isInteger) || widths.some(pair => pair.length !== 2))
    throw new ArgumentError('pad', 'widths are pairs of integers, [before, after] for each axis')
  const lead = x.rank - widths.length
  if (lead < 0) throw new ArgumentError('pad', `widths for ${widths.length} axes, the tensor has ${x.rank}`)
  const side = (i: 0 | 1): number[] => x.shape.map((_, axis) => (axis < lead ? 0 : widths[axis - lead]![i]))
  const [before, after] = [side(0), side(1)]
  if ([...before, ...after].every(n => n >= 0)) return new Tensor(build.pad(x.node, before, after, value))
  const inner = new Tensor(
    build.slice(
      x.node,
      before.map(n => Math.max(0, -n)),
      x.shape.map((n, i) => n + Math.min(0, after[i]!)),
      x.shape.map(() => 1),
    ),
  )
  return new Tensor(
    build.pad(
      inner.node,
      before.map(n => Math.max(0, n)),
      after.map(n => Math.max(0, n)),
      value,
    ),
  )
}

/** [n] seen as [1, n], expanded to [count, n], joined to [count·n], axis by axis */
export function repeat(x: Tensor, counts: readonly number[]): Tensor {
  checkShape('repeat', counts)
  const rank = Math.max(x.rank, counts.length)
  const shape = [...new Array<number>(rank - x.rank).fill(1), ...x.shape]
  const times = [...new Array<number>(rank - counts.length).fill(1), ...counts]
  const apart = x.reshape(shape.flatMap(n => [1, n])).expand(shape.flatMap((n, i) => [times[i]!, n]))
  return apart.reshape(shape.map((n, i) => n * times[i]!))
}

export function unfold(x: Tensor, axis: number, size: number, stride = 1, dilation = 1): Tensor {
  if (![size, stride, dilation].every(n => Number.isInteger(n) && n > 0))
    throw new ArgumentError(
      'unfold',
      `size, stride and dilation are positive integers, got ${size}, ${stride}, ${dilation}`,
    )
  return new Tensor(build.window(x.node, { axis: normalizeAxis('unfold', axis, x.rank), size, stride, dilation }))
}
