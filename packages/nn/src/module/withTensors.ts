import type { Tensor } from '@wids/tensor'
import type { Module } from './module.ts'
import { placesIn } from './places.ts'

/**
 * Runs something while tensors of a model are replaced by others, such as averaged weights
 * (`torch.func.functional_call`).
 *
 * @param replacements what stands for each tensor; those that are not named stay
 * @returns what `body` returns
 * @example
 * const averages = new Map(model.namedParameters().map(([name, weight]) => [weight, average.weights()[name]!]))
 * const loss = withTensors(model, averages, () => crossEntropy(model.forward(x), y))
 */
export function withTensors<Result>(
  model: Module,
  replacements: ReadonlyMap<Tensor, Tensor>,
  body: () => Result,
): Result {
  const places = [...placesIn(model)].filter(({ tensor }) => replacements.has(tensor))
  try {
    for (const { owner, key, tensor } of places) Reflect.set(owner, key, replacements.get(tensor))
    return body()
  } finally {
    for (const { owner, key, tensor } of places) Reflect.set(owner, key, tensor)
  }
}
