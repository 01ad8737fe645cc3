import { ArgumentError, printed, ShapeError } from './errors.ts'

/** Sizes of the axes of a tensor, outermost first; `[]` is a scalar. */
export type Shape = readonly number[]

/** Number of elements of a shape: the product of its sizes. */
export const sizeOf = (shape: Shape): number => {
  let size = 1
  for (const n of shape) size *= n
  return size
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Strides, in elements, of a row-major tensor of this shape. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride
    stride *= shape[i]!
  }
  return strides
}

/** `[2, 3]`, as messages print a shape. */
export const show = (shape: Shape): string => `[${shape.join(', ')}]`

/** Brings an axis into `0 … rank-1`; negative axes count from the end. */
export function normalizeAxis(operation: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw new ArgumentError(operation, `axis ${printed(axis)} is not an axis of a tensor of rank ${rank}`)
  return axis < 0 ? axis + rank : axis
}

/** Normalised, sorted axes without repetition; `undefined` means all of them. */
export function normalizeAxes(operation: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, i) => i)
  if (typeof axes !== 'number' && !Array.isArray(axes))
    throw new ArgumentError(operation, `axes are integers, got ${printed(axes)}`)
  const list = [axes].flat().map(axis => normalizeAxis(operation, axis, rank))
  if (new Set(list).size !== list.length) throw new ArgumentError(operation, `axes ${show(list)} repeat an axis`)
  return list.toSorted((a, b) => a - b)
}

/**
 * The shape to which all given shapes broadcast, after NumPy's rule: align at the last axis; sizes are equal or one
 * of them is 1.
 */
export function broadcastShapes(operation: string, shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map(s => s.length))
  const out = new Array<number>(rank).fill(1)
  for (const shape of shapes)
    shape.forEach((n, i) => {
      const at = i + rank - shape.length
      if (n === 1 || n === out[at]) return
      if (out[at] !== 1)
        throw new ShapeError(operation, `shapes ${shapes.map(show).join(' and ')} do not broadcast`, shapes)
      out[at] = n
    })
  return out
}

/** Checks that a user's shape is a list of non-negative integers. */
export function checkShape(operation: string, shape: Shape): void {
  if (!Array.isArray(shape) || !shape.every(n => Number.isSafeInteger(n) && n >= 0))
    throw new ShapeError(
      operation,
      `a shape is a list of non-negative integers, got ${Array.isArray(shape) ? show(shape) : printed(shape)}`,
    )
}
