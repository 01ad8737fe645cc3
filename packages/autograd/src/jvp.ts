import { onesLike, ShapeError, type Tensor, zerosLike } from '@wids/tensor'
import { backward } from './backward.ts'
import { realLeaves, seedOf } from './grad.ts'
import { leavesOf, refill, type Tensors } from './structure.ts'
import { variable } from './variable.ts'

/**
 * The value y = fn(x) and its change ∂y/∂x · t along t (`torch.func.jvp`). vᵀ ∂y/∂x is linear in v, so that
 * differentiating (vᵀ ∂y/∂x) · t by v gives ∂y/∂x · t: two backward passes make a forward one (Townsend, 2017).
 *
 * @param fn of a tensor, or of several in an array or by name, to a real tensor
 * @param tangent t, in the structure and shapes of x
 * @returns y and its change, both of the shape of y
 * @throws ShapeError unless t has the shapes of x; DTypeError unless x and y are real
 * @example
 * const [y, dy] = jvp((x: Tensor) => x.sin(), tensor([0, 1]), tensor([1, 0]))
 * await dy.toArray()   // [1, 0]
 */
export function jvp<T extends Tensors>(fn: (x: T) => Tensor, x: T, tangent: T): [y: Tensor, dy: Tensor] {
  const leaves = realLeaves('jvp', x).map(variable)
  const tangents = leavesOf(tangent)
  if (tangents.length !== leaves.length || leaves.some((leaf, i) => String(leaf.shape) !== String(tangents[i]!.shape)))
    throw new ShapeError(
      'jvp',
      'the tangent needs the structure and shapes of x',
      [...leaves, ...tangents].map(t => t.shape),
    )
  const y = fn(refill(x, leaves))
  const v = variable(seedOf('jvp', y, zerosLike(y)))
  const products = backward(y, v, leaves).map((gradient, i) => gradient.mul(tangents[i]!).sum())
  const along = products.reduce((sum, product) => sum.add(product))
  return [y, backward(along, onesLike(along), [v])[0]!]
}
