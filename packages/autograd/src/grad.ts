import { DTypeError, isFloat, ones, ShapeError, Tensor } from '@wids/tensor'
import { checkTensors, computeAlong } from '@wids/tensor/graph'
import { backward } from './backward.ts'
import { leavesOf, type Like, rebuild, refill, type Tensors } from './structure.ts'
import { variable } from './variable.ts'

/**
 * Gradients of a loss with respect to tensors (`torch.autograd.grad`): ∂loss/∂x has the shape and dtype of x, and is
 * zero where the loss does not depend on x. It is more graph, and can be differentiated again.
 *
 * @param loss a real tensor of one element; of any shape if `seed` is given
 * @param wrt a tensor, or several in an array or by name; inputs or intermediate results
 * @param seed [like loss] weights: the gradient of Σ loss · seed is taken
 * @throws ShapeError for a loss of several elements without a seed; DTypeError for tensors that are not real;
 * ArgumentError if the loss was computed by a step whose history is gone
 * @example
 * const w = tensor([3, 4])
 * const [dw] = grad(w.mul(w).sum(), [w])
 * await dw.toArray()   // [6, 8]
 */
export function grad<const T extends Tensors>(loss: Tensor, wrt: T, seed?: Tensor): Like<T> {
  const gradients = backward(loss, seedOf('grad', loss, seed), realLeaves('grad', wrt))
  // A step that computes the gradients computes the loss too, so that it stays readable.
  for (const gradient of gradients) computeAlong(gradient.node, loss)
  return rebuild(wrt, gradients)
}

/**
 * A function that gives the value of `fn` and its gradients with respect to the first argument (`jax.value_and_grad`).
 *
 * @param fn gives a real tensor of one element; its first argument is a tensor, or several in an array or by name
 * @returns (x, ...) ↦ the value, and gradients of the shapes and in the structure of x
 * @throws when called: ShapeError for a value of several elements; DTypeError for tensors that are not real
 * @example
 * const [value, slope] = valueAndGrad((x: Tensor) => x.square().sum())(tensor([3, 4]))
 * await value.item()      // 25
 * await slope.toArray()   // [6, 8]
 */
export function valueAndGrad<T extends Tensors, Rest extends readonly unknown[]>(
  fn: (x: T, ...rest: Rest) => Tensor,
): (x: T, ...rest: Rest) => [value: Tensor, gradient: Like<T>] {
  return (x, ...rest) => {
    const leaves = realLeaves('valueAndGrad', x).map(variable)
    const value = fn(refill(x, leaves), ...rest)
    return [value, rebuild(x, backward(value, seedOf('valueAndGrad', value), leaves))]
  }
}

/** The weights of the outputs; 1 for a single one. */
export function seedOf(operation: string, output: Tensor, seed?: Tensor): Tensor {
  checkTensors(operation, { value: output })
  if (!isFloat(output.dtype))
    throw new DTypeError(operation, `the value is ${output.dtype}, and only real values have gradients`)
  if (seed === undefined) {
    if (output.size === 1) return ones(output.shape, output.dtype)
    throw new ShapeError(
      operation,
      `the value is [${output.shape.join(', ')}]; reduce it to one number with .sum() or .mean(), or give a seed of its shape`,
      [output.shape],
    )
  }
  if (String(seed.shape) !== String(output.shape))
    throw new ShapeError(
      operation,
      `the seed has the shape of the value, got [${seed.shape.join(', ')}] for [${output.shape.join(', ')}]`,
      [seed.shape, output.shape],
    )
  return seed.to(output.dtype)
}

/** The tensors to differentiate by, all real. */
export function realLeaves(operation: string, wrt: Tensors): readonly Tensor[] {
  checkTensors(operation, wrt instanceof Tensor ? [wrt] : wrt)
  const leaves = leavesOf(wrt)
  for (const [i, { dtype }] of leaves.entries())
    if (!isFloat(dtype))
      throw new DTypeError(
        operation,
        `tensor ${i} is ${dtype}, and there are no gradients by integers; use .to('f32') first`,
      )
  return leaves
}
