import { ArgumentError, printed, ShapeError } from '../errors.ts'
import * as build from '../graph/build.ts'
import { broadcastShapes, show, sizeOf } from '../shape.ts'
import { dtypes, promote } from '../dtype.ts'
import { Tensor } from '../tensor.ts'
import { broadcast, where } from './elementwise.ts'
import { arange } from './create.ts'

/**
 * Matrix product, as `torch.matmul`: [m, k]·[k, n], leading axes broadcast, a vector on either side counts as a row or
 * a column and its axis is dropped.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const fail = (why: string): never => {
    throw new ShapeError('matmul', `${why}, got ${show(a.shape)} and ${show(b.shape)}`, [a.shape, b.shape])
  }
  if (!(b instanceof Tensor)) throw new ArgumentError('matmul', `the other side is a tensor, got ${printed(b)}`)
  if (a.rank === 0 || b.rank === 0) fail('both sides need at least one axis')
  if (a.shape.at(-1) !== b.shape.at(b.rank === 1 ? 0 : -2)) fail('inner sizes differ')
  // One right side for a whole batch is one product of all rows, and so is its gradient.
  if (a.rank > 2 && b.rank <= 2)
    return matmul(a.reshape([sizeOf(a.shape.slice(0, -1)), a.shape.at(-1)!]), b).reshape([
      ...a.shape.slice(0, -1),
      ...b.shape.slice(1),
    ])
  const left = a.rank === 1 ? a.reshape([1, a.size]) : a
  const right = b.rank === 1 ? b.reshape([b.size, 1]) : b
  const batch = broadcastShapes('matmul', [left.shape.slice(0, -2), right.shape.slice(0, -2)])
  const dtype = promote(a.dtype, b.dtype)
  const side = (x: Tensor): Tensor =>
    new Tensor(broadcast(x.to(dtype === 'bool' ? 'i32' : dtype).node, [...batch, ...x.shape.slice(-2)]))
  const product = multiply(side(left), side(right))
  const shape = [...batch, ...(a.rank === 1 ? [] : [a.shape.at(-2)!]), ...(b.rank === 1 ? [] : [b.shape.at(-1)!])]
  return product.reshape(shape)
}

/** Integers are multiplied and summed: the matmul primitive is of real numbers. */
function multiply(a: Tensor, b: Tensor): Tensor {
  if (dtypes[a.dtype].kind !== 'float') return a.unsqueeze(-1).mul(b.unsqueeze(-3)).sum(-2)
  return new Tensor(build.matmul(a.node, b.node))
}

/** j − i of each element (i, j) of the last two axes: the diagonal that it lies on. */
function diagonalsOf(x: Tensor, k: number): Tensor {
  if (x.rank < 2) throw new ShapeError('tril', `a matrix is needed, got ${show(x.shape)}`, [x.shape])
  if (!Number.isInteger(k)) throw new ArgumentError('tril', `a diagonal is an integer, got ${printed(k)}`)
  return arange(x.shape.at(-1)!).sub(arange(x.shape.at(-2)!).unsqueeze(-1))
}

export const tril = (x: Tensor, k = 0): Tensor => where(diagonalsOf(x, k).le(k), x, 0)
export const triu = (x: Tensor, k = 0): Tensor => where(diagonalsOf(x, k).ge(k), x, 0)
