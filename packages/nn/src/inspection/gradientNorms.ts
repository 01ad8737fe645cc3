import { ArgumentError, type Tensor } from '@wids/tensor'
import type { Module } from '../module/module.ts'

/**
 * The Euclidean norm of each parameter's gradient, by the parameter's name. In a compiled step, return them with the loss.
 *
 * @param gradients one for each of `model.parameters()`, in that order
 * @returns tensors []
 * @throws ArgumentError unless they are as many
 * @example
 * const gradients = grad(loss, model.parameters())
 * for (const [name, norm] of Object.entries(gradientNorms(model, gradients))) console.log(name, await norm.item())
 */
export function gradientNorms(model: Module, gradients: readonly Tensor[]): Record<string, Tensor> {
  const named = model.namedParameters()
  if (named.length !== gradients.length)
    throw new ArgumentError(
      'gradientNorms',
      `${named.length} parameters have as many gradients, got ${gradients.length}`,
    )
  return Object.fromEntries(named.map(([name], i) => [name, gradients[i]!.norm()]))
}
