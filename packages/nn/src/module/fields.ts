import { ArgumentError, Tensor } from '@wids/tensor'
import { Module } from './module.ts'
import { roleOf } from './parameter.ts'

/** What a module holds under one state-dict key. */
export type Field = readonly [name: string, value: Tensor | Module]

/**
 * The tensors and modules below a module, in the order of its fields: a module before what it holds. Arrays and plain
 * objects count as part of the name: 'layers.0.weight'. What is neither (numbers, functions, #private fields) is no field.
 */
export function* fieldsOf(owner: Module, prefix = '', above: readonly object[] = []): Generator<Field> {
  yield* partsOf(owner, prefix, above, owner.constructor.name)
}

function* partsOf(owner: object, prefix: string, above: readonly object[], module: string): Generator<Field> {
  if (above.includes(owner))
    throw new ArgumentError(module, `the field '${prefix.slice(0, -1)}' holds a module that contains it`)
  const path = [...above, owner]
  for (const [key, value] of Object.entries(owner) as [string, unknown][]) {
    const name = prefix + key
    if (value instanceof Tensor) yield [checked(name, value, module), value]
    else if (value instanceof Module) {
      yield [name, value]
      yield* fieldsOf(value, `${name}.`, path)
    } else if (isContainer(value)) yield* partsOf(value, `${name}.`, path, module)
  }
}

/** Whether a field is an array or a plain object, whose parts are fields of their own. */
export const isContainer = (value: unknown): value is object => {
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
}

/** Whether a tensor is trained is said, never guessed: either guess would be a silent mistake somewhere. */
function checked(name: string, tensor: Tensor, module: string): string {
  if (roleOf(tensor) === undefined)
    throw new ArgumentError(
      module,
      `the field '${name}' is a plain tensor; wrap it in parameter(…) if it is trained, in buffer(…) if it is only ` +
        'saved, or make it a #private field if it is neither',
    )
  return name
}
