import type { Tensor } from '@wids/tensor'
import { backward } from './backward.ts'
import { realLeaves, seedOf } from './grad.ts'
import { type Like, rebuild, refill, type Tensors } from './structure.ts'
import { variable } from './variable.ts'

/**
 * The value y = fn(x) and the function v ↦ vᵀ ∂y/∂x (`torch.func.vjp`): v has the shape of y, the result that of x.
 *
 * @param fn of a tensor, or of several in an array or by name, to a real tensor
 * @throws DTypeError unless x and y are real; `pull` throws ShapeError unless v has the shape of y
 * @example
 * const [y, pull] = vjp((x: Tensor) => x.sin(), tensor([0, 1]))
 * await pull(tensor([1, 1])).toArray()   // cos x: [1, 0.54]
 */
export function vjp<T extends Tensors>(fn: (x: T) => Tensor, x: T): [y: Tensor, pull: (v: Tensor) => Like<T>] {
  const leaves = realLeaves('vjp', x).map(variable)
  const y = fn(refill(x, leaves))
  return [y, v => rebuild(x, backward(y, seedOf('vjp', y, v), leaves))]
}
