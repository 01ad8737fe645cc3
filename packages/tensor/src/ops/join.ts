import { promote } from '../dtype.ts'
import { ArgumentError, ShapeError } from '../errors.ts'
import { normalizeAxis, show } from '../shape.ts'
import { Tensor } from '../tensor.ts'
import { where } from './elementwise.ts'
import { arange } from './create.ts'

/**
 * Tensors one after the other along an axis; their other axes are equal.
 *
 * @example
 * concat([zeros([2, 1]), ones([2, 3])], 1)   // [2, 4]
 */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const [first] = tensors
  if (first === undefined) throw new ArgumentError('concat', 'at least one tensor is needed')
  const on = normalizeAxis('concat', axis, first.rank)
  if (tensors.some(t => t.rank !== first.rank || t.shape.some((n, i) => i !== on && n !== first.shape[i])))
    throw new ShapeError(
      'concat',
      `shapes differ outside of axis ${axis}, got ${tensors.map(t => show(t.shape)).join(', ')}`,
      tensors.map(t => t.shape),
    )
  const dtype = tensors.map(t => t.dtype).reduce(promote)
  const parts = tensors.filter(t => t.shape[on]! > 0).map(t => t.to(dtype))
  const total = parts.reduce((n, t) => n + t.shape[on]!, 0)
  if (parts.length <= 1) return parts[0] ?? first.to(dtype)
  const position = arange(total).reshape([total, ...new Array<number>(first.rank - on - 1).fill(1)])
  let start = total
  return parts.reduceRight<Tensor | undefined>((rest, part) => {
    start -= part.shape[on]!
    const placed = part.pad([
      [start, total - start - part.shape[on]!] as const,
      ...part.shape.slice(on + 1).map(() => [0, 0] as const),
    ])
    return rest === undefined ? placed : where(position.lt(start + part.shape[on]!), placed, rest)
  }, undefined)!
}

/** Tensors of one shape along a new axis. */
export const stack = (tensors: readonly Tensor[], axis = 0): Tensor =>
  concat(
    tensors.map(t => t.unsqueeze(axis)),
    axis < 0 && tensors[0] !== undefined ? axis + tensors[0].rank + 1 : axis,
  )
