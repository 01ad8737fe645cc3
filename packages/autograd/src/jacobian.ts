import { arange, stack, type Tensor, zeros } from '@wids/tensor'
import { backward } from './backward.ts'
import { realLeaves, seedOf } from './grad.ts'
import { type Like, rebuild, refill, type Tensors } from './structure.ts'
import { variable } from './variable.ts'

/**
 * The function that gives all derivatives of y = fn(x), by one backward pass for each element of y (`torch.func.jacrev`).
 *
 * @param fn of a tensor, or of several in an array or by name, to a real tensor
 * @returns x ↦ [...y.shape, ...x.shape], for each tensor of x
 * @throws DTypeError unless x and y are real
 * @example
 * await jacobian((x: Tensor) => x.square())(tensor([1, 2])).toArray()   // [[2, 0], [0, 4]]
 */
export function jacobian<T extends Tensors>(fn: (x: T) => Tensor): (x: T) => Like<T> {
  return x => {
    const leaves = realLeaves('jacobian', x).map(variable)
    const y = fn(refill(x, leaves))
    const rows = Array.from({ length: y.size }, (_, i) => backward(y, unit(y, i), leaves))
    const parts = leaves.map((leaf, k) => {
      const shape = [...y.shape, ...leaf.shape]
      return rows.length === 0 ? zeros(shape, leaf.dtype) : stack(rows.map(row => row[k]!)).reshape(shape)
    })
    return rebuild(x, parts)
  }
}

/** 1 at element i of y, else 0. */
const unit = (y: Tensor, i: number): Tensor => seedOf('jacobian', y, arange(y.size).eq(i).to(y.dtype).reshape(y.shape))

/**
 * The function that gives the second derivatives ∂²y/∂xᵢ∂xⱼ of a function with one value (`torch.func.hessian`).
 *
 * @param fn of a real tensor to a real tensor of one element
 * @returns x ↦ [...x.shape, ...x.shape]
 * @throws ShapeError unless fn gives one element; DTypeError unless x is real
 * @example
 * await hessian((x: Tensor) => x.pow(3).sum())(tensor([1, 2])).toArray()   // [[6, 0], [0, 12]]
 */
export function hessian(fn: (x: Tensor) => Tensor): (x: Tensor) => Tensor {
  return jacobian((x: Tensor) => {
    const y = fn(x)
    return backward(y, seedOf('hessian', y), [x])[0]!
  })
}
