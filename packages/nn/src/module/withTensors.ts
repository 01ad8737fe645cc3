import { Tensor } from '@wids/tensor'
import { isContainer } from './fields.ts'
import { Module } from './module.ts'

/**
 * Runs something while tensors of a model are replaced by others, such as averaged weights
 * (`torch.func.functional_call`).
 *
 * @param replacements what stands for each tensor; those that are not named stay
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

interface Place {
  readonly owner: object
  readonly key: string
  readonly tensor: Tensor
}

/** Every field below a module that holds a tensor, those that hold the same one included. */
function* placesIn(owner: object, seen = new Set<object>()): Generator<Place> {
  if (seen.has(owner)) return
  seen.add(owner)
  for (const [key, value] of Object.entries(owner) as [string, unknown][])
    if (value instanceof Tensor) yield { owner, key, tensor: value }
    else if (value instanceof Module || isContainer(value)) yield* placesIn(value, seen)
}
