import { type Shape, rowMajorStrides, sizeOf } from '../shape.ts'
import type { Attributes, View } from '../graph/primitives.ts'

/** Valid positions start … stop-1 of a loop; undefined if all are. */
type Bound = readonly [start: number, stop: number] | undefined

/**
 * Where the elements of a strided view lie: offset + Σ index · stride, in elements, for indices within the bounds;
 * `fill` elsewhere. A fill of undefined stands for any value.
 */
export interface Layout {
  readonly shape: Shape
  readonly strides: readonly number[]
  readonly offset: number
  readonly bounds: readonly Bound[]
  readonly fill: number | undefined
}

/** A step of a view path, seen from the source outwards. A pad without a value may put anything there. */
export type Step = {
  [Op in View]: {
    readonly op: Op
    readonly attributes: Op extends 'pad'
      ? Omit<Attributes['pad'], 'value'> & { readonly value: number | undefined }
      : Attributes[Op]
  }
}[View]

export const contiguous = (shape: Shape): Layout => ({
  shape,
  strides: rowMajorStrides(shape),
  offset: 0,
  bounds: shape.map(() => undefined),
  fill: undefined,
})

type Rules = {
  [Op in View]: (layout: Layout, attributes: Extract<Step, { op: Op }>['attributes']) => Layout | undefined
}

/** What each view does to a layout; undefined where strides and bounds cannot say it. */
const rules: Rules = {
  permute: (layout, { axes }) => ({
    ...layout,
    shape: axes.map(axis => layout.shape[axis]!),
    strides: axes.map(axis => layout.strides[axis]!),
    bounds: axes.map(axis => layout.bounds[axis]),
  }),
  expand: (layout, { shape }) => {
    if (layout.bounds.some((bound, i) => bound !== undefined && shape[i] !== layout.shape[i])) return undefined
    return { ...layout, shape, strides: layout.strides.map((stride, i) => (shape[i] === layout.shape[i] ? stride : 0)) }
  },
  slice: (layout, { start, stop, step }) => {
    const shape = start.map((from, i) => Math.max(0, Math.ceil((stop[i]! - from) / step[i]!)))
    const bounds = layout.bounds.map(
      (bound, i) =>
        bound &&
        clip([Math.ceil((bound[0] - start[i]!) / step[i]!), Math.ceil((bound[1] - start[i]!) / step[i]!)], shape[i]!),
    )
    // A single position of padding is an axis that loops leave out, and its bound would be lost with it.
    if (bounds.some((bound, i) => bound !== undefined && shape[i] === 1)) return undefined
    return {
      ...layout,
      shape,
      strides: layout.strides.map((stride, i) => stride * step[i]!),
      offset: layout.offset + start.reduce((sum, from, i) => sum + from * layout.strides[i]!, 0),
      bounds,
    }
  },
  flip: (layout, { axes }) => ({
    ...layout,
    strides: layout.strides.map((stride, i) => (axes.includes(i) ? -stride : stride)),
    offset:
      layout.offset + axes.reduce((sum, axis) => sum + Math.max(0, layout.shape[axis]! - 1) * layout.strides[axis]!, 0),
    bounds: layout.bounds.map(
      (bound, i) => bound && (axes.includes(i) ? [layout.shape[i]! - bound[1], layout.shape[i]! - bound[0]] : bound),
    ),
  }),
  pad: (layout, { before, after, value }) => {
    if (
      layout.fill !== undefined &&
      value !== undefined &&
      !Object.is(layout.fill, value) &&
      layout.bounds.some(bound => bound !== undefined)
    )
      return undefined
    const shape = layout.shape.map((n, i) => n + before[i]! + after[i]!)
    return {
      shape,
      strides: layout.strides,
      offset: layout.offset - before.reduce((sum, n, i) => sum + n * layout.strides[i]!, 0),
      bounds: layout.shape.map((n, i) => {
        const [start, stop] = layout.bounds[i] ?? [0, n]
        return clip([start + before[i]!, stop + before[i]!], shape[i]!)
      }),
      fill: value ?? layout.fill,
    }
  },
  window: (layout, { axis, size, stride, dilation }) => {
    if (layout.bounds[axis] !== undefined) return undefined
    const count = Math.floor((layout.shape[axis]! - (size - 1) * dilation - 1) / stride) + 1
    const step = layout.strides[axis]!
    return {
      ...layout,
      shape: [...layout.shape.with(axis, count), size],
      strides: [...layout.strides.with(axis, step * stride), step * dilation],
      bounds: [...layout.bounds, undefined],
    }
  },
  reshape: (layout, { shape }) => reshape(layout, shape),
}

/** A bound within 0 … n, undefined if it leaves nothing out. */
function clip([start, stop]: readonly [number, number], n: number): Bound {
  const from = Math.min(n, Math.max(0, start))
  const to = Math.max(from, Math.min(n, stop))
  return from === 0 && to === n ? undefined : [from, to]
}

export const applyStep = (layout: Layout, step: Step): Layout | undefined =>
  (rules[step.op] as (layout: Layout, attributes: Step['attributes']) => Layout | undefined)(layout, step.attributes)

/**
 * Another shape for the same elements, if strides can express it: axes are matched into groups of equal size; within a
 * group the old axes must lie as one, and then split into the new ones.
 */
function reshape(layout: Layout, shape: Shape): Layout | undefined {
  if (sizeOf(shape) === 0) return { ...contiguous(shape), offset: layout.offset }
  const old = layout.shape
    .map((size, i) => ({ size, stride: layout.strides[i]!, bound: layout.bounds[i] }))
    .filter(axis => axis.size !== 1)
  const strides: number[] = []
  const bounds: Bound[] = []
  let from = 0
  for (let to = 0; to < shape.length;) {
    if (shape[to] === 1) {
      strides.push(0)
      bounds.push(undefined)
      to++
      continue
    }
    const [firstOld, firstNew] = [from, to]
    let [oldSize, newSize] = [old[from++]!.size, shape[to++]!]
    while (oldSize !== newSize) {
      if (oldSize < newSize) oldSize *= old[from++]!.size
      else newSize *= shape[to++]!
    }
    const group = split(old.slice(firstOld, from), shape.slice(firstNew, to))
    if (group === undefined) return undefined
    strides.push(...group.strides)
    bounds.push(...group.bounds)
  }
  return { ...layout, shape, strides, bounds }
}

function split(
  old: readonly { size: number; stride: number; bound: Bound }[],
  shape: Shape,
): { strides: number[]; bounds: Bound[] } | undefined {
  const wide = shape.filter(n => n !== 1).length
  const whole = old.length === 1 && wide === 1
  if (!whole && old.some(axis => axis.bound !== undefined)) return undefined
  if (old.some((axis, i) => i > 0 && old[i - 1]!.stride !== axis.stride * axis.size)) return undefined
  let stride = old.at(-1)!.stride
  const strides = shape.map(() => 0)
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] === 1) continue
    strides[i] = stride
    stride *= shape[i]!
  }
  return { strides, bounds: shape.map(n => (whole && n !== 1 ? old[0]!.bound : undefined)) }
}
