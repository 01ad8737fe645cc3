import { checkTensors } from '../checkTensors.ts'
import { promote } from '../dtype.ts'
import { ArgumentError, ShapeError } from '../errors.ts'
import * as build from '../graph/build.ts'
import { naming } from '../naming.ts'
import { normalizeAxis, show } from '../shape.ts'
import { Tensor } from '../tensor.ts'
import { where } from './elementwise.ts'
import { arange } from './create.ts'

/**
 * Tensors one after the other along an axis (`torch.cat`); their other axes are equal, and their dtypes meet by promotion.
 *
 * @param tensors [..., nᵢ, ...]
 * @returns [..., Σ nᵢ, ...]
 * @throws ArgumentError for no tensors or an axis that is not there; ShapeError if other axes differ
 * @example
 * concat([zeros([2, 1]), ones([2, 3])], 1)   // [2, 4]
 */
export const concat = (tensors: readonly Tensor[], axis = 0): Tensor => naming('concat', () => joined(tensors, axis))

function joined(tensors: readonly Tensor[], axis: number): Tensor {
  checkTensors('concat', tensors)
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
  if (parts.length <= 1) return parts[0] ?? first.to(dtype)
  return parts.length === 2
    ? besideEachOther(parts[0]!, parts[1]!, on)
    : new Tensor(
        build.concat(
          parts.map(t => t.node),
          on,
        ),
      )
}

/** Two tensors as one expression, which need not be stored to be used: b from the end of a on, else a. */
function besideEachOther(a: Tensor, b: Tensor, axis: number): Tensor {
  const [n, m] = [a.shape[axis]!, b.shape[axis]!]
  const place = (x: Tensor, before: number, after: number): Tensor =>
    x.pad([[before, after], ...x.shape.slice(axis + 1).map(() => [0, 0] as const)])
  const position = arange(n + m).reshape([n + m, ...a.shape.slice(axis + 1).map(() => 1)])
  return where(position.lt(n), place(a, 0, m), place(b, n, 0))
}

/**
 * Tensors of one shape along a new axis (`torch.stack`), as many as it is long.
 *
 * @throws ArgumentError for no tensors or an axis that is not there; ShapeError if shapes differ
 * @example
 * stack([zeros([2]), ones([2])])   // [[0, 0], [1, 1]]
 */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  checkTensors('stack', tensors)
  return naming('stack', () =>
    joined(
      tensors.map(t => t.unsqueeze(axis)),
      axis < 0 && tensors[0] !== undefined ? axis + tensors[0].rank + 1 : axis,
    ),
  )
}
