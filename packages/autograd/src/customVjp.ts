import { Tensor } from '@wids/tensor'
import { customGradient } from '@wids/tensor/graph'

/**
 * A function with a gradient of its own instead of the one of its operations (`jax.custom_vjp`).
 *
 * @param fn of tensors to a tensor
 * @param rule gradients of the inputs, each of its input's shape or `undefined` for none, from the gradient of the
 * output, the output and the inputs
 * @throws ShapeError from `grad` if the rule gives another shape
 * @example
 * // The straight-through estimator: rounding with the gradient of the identity (Bengio et al., 2013).
 * const round = customVjp((x: Tensor) => x.round(), g => [g])
 * const x = tensor([0.4, 1.6])
 * await grad(round(x).sum(), x).toArray()   // [1, 1]
 */
export function customVjp<const Inputs extends readonly Tensor[]>(
  fn: (...inputs: Inputs) => Tensor,
  rule: (gradient: Tensor, output: Tensor, inputs: Inputs) => { readonly [K in keyof Inputs]: Tensor | undefined },
): (...inputs: Inputs) => Tensor {
  return (...inputs) => {
    // What the inputs mean now: they may be assigned to before the gradient is taken.
    const nodes = inputs.map(input => input.node)
    const replayed = (): Inputs => nodes.map(node => new Tensor(node)) as readonly Tensor[] as Inputs
    return customGradient(inputs, fn(...inputs), (g, y) => rule(g, y, replayed()))
  }
}
