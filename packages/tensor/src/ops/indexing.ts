import { ArgumentError, DTypeError } from '../errors.ts'
import * as build from '../graph/build.ts'
import { normalizeAxis } from '../shape.ts'
import { Tensor } from '../tensor.ts'
import { narrow } from './views.ts'

/** Indices as i32; u32, i8 and bool convert, real numbers are refused. */
function indexNode(operation: string, index: Tensor): Tensor {
  if (index.dtype === 'i32') return index
  if (index.dtype === 'u32' || index.dtype === 'i8') return index.to('i32')
  throw new DTypeError(operation, `the index is i32, got ${index.dtype}; convert it with .to('i32')`)
}

/** The part of x that an index of smaller axes speaks of, as `torch.gather` allows. */
const cutTo = (x: Tensor, index: Tensor, axis: number): Tensor =>
  x.shape.reduce(
    (t, n, i) => (i !== axis && i < index.rank && index.shape[i]! < n ? narrow(t, i, 0, index.shape[i]!) : t),
    x,
  )

/** out[i][j][k] = x[i][index[i][j][k]][k] for axis 1 (`torch.gather`). Indices out of range are an error when it is computed. */
export function gather(x: Tensor, axis: number, index: Tensor): Tensor {
  const on = normalizeAxis('gather', axis, x.rank)
  return new Tensor(build.gather(cutTo(x, index, on).node, indexNode('gather', index).node, on))
}

/** x with x[i][index[i][j][k]][k] += source[i][j][k] for axis 1 (`torch.scatter_add`); repeated indices add up in order. */
export function scatterAdd(x: Tensor, axis: number, index: Tensor, source: Tensor): Tensor {
  return new Tensor(
    build.scatterAdd(
      x.node,
      indexNode('scatterAdd', index).node,
      source.node,
      normalizeAxis('scatterAdd', axis, x.rank),
    ),
  )
}

/**
 * x with `source` in the place of positions start, start + 1, … of an axis (`torch.slice_scatter`). A start that changes
 * from call to call is a tensor, i32 []; what would then lie outside is left out. Assigned to x itself, this costs no
 * more than the source.
 *
 * @throws ShapeError if sizes differ outside of the axis, ArgumentError if a start that is a number leaves it
 * @example
 * zeros([4]).sliceScatter(ones([2]), 0, 1)   // [0, 1, 1, 0]
 */
export function sliceScatter(x: Tensor, source: Tensor, axis = 0, start: Tensor | number = 0): Tensor {
  const on = normalizeAxis('sliceScatter', axis, x.rank)
  const [n, count] = [x.shape[on]!, source.shape[on] ?? 0]
  if (typeof start === 'number' && !(Number.isInteger(start) && start >= 0 && start + count <= n))
    throw new ArgumentError('sliceScatter', `${count} positions from ${start} on leave axis ${axis}, which has ${n}`)
  const from = typeof start === 'number' ? build.constant(start, 'i32') : indexNode('sliceScatter', start).node
  return new Tensor(build.sliceScatter(x.node, source.to(x.dtype).node, from, on))
}

/** x[…, index, …]: the index may have any shape, which takes the place of the axis (an embedding lookup for axis 0). */
export function indexSelect(x: Tensor, axis: number, index: Tensor): Tensor {
  const on = normalizeAxis('indexSelect', axis, x.rank)
  const [before, after] = [x.shape.slice(0, on), x.shape.slice(on + 1)]
  const flat = indexNode('indexSelect', index).reshape([...before.map(() => 1), index.size, ...after.map(() => 1)])
  const picked = gather(x, on, flat.expand([...before, index.size, ...after]))
  return picked.reshape([...before, ...index.shape, ...after])
}

/** The stable order that sorts an axis; NaN is the largest. */
export const argsort = (x: Tensor, axis = -1, descending = false): Tensor =>
  new Tensor(build.argsort(x.node, normalizeAxis('argsort', axis, x.rank), descending))

export function sort(x: Tensor, axis = -1, descending = false): { values: Tensor; indices: Tensor } {
  const indices = argsort(x, axis, descending)
  return { values: gather(x, axis, indices), indices }
}

/** The k largest along an axis, largest first. */
export function topk(x: Tensor, k: number, axis = -1): { values: Tensor; indices: Tensor } {
  const n = x.shape[normalizeAxis('topk', axis, x.rank)]!
  if (!Number.isInteger(k) || k < 0 || k > n)
    throw new ArgumentError('topk', `k is an integer from 0 to ${n}, the size of axis ${axis}, got ${k}`)
  const indices = narrow(argsort(x, axis, true), axis, 0, k)
  return { values: gather(x, axis, indices), indices }
}
