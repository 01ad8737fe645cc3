import { ArgumentError, Tensor } from '@wids/tensor'

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** The state of one part of a run: tensors and JSON, by name. */
export type StateDict = Readonly<Record<string, Tensor | Json>>

/** A part of a run that can be stopped and go on: a module, an optimizer, a generator, a loader, a schedule, … */
export interface Stateful {
  /** What must be kept of it. */
  stateDict(): StateDict
  /** Takes over a state; it comes from a file, so what does not fit is an error. */
  loadStateDict(state: StateDict): unknown
}

/** The parts of a run, by the names that their files get. */
export type Run = Readonly<Record<string, Stateful>>

/** The state of a part, by where it is stored. */
export interface StoredState {
  /** In 'PART.safetensors', where there are any. */
  readonly tensors: Readonly<Record<string, Tensor>>
  /** In 'checkpoint.json'. */
  readonly values: Readonly<Record<string, Json>>
}

const partName = /^[a-z][\w-]*$/i
/** Whether a name may be that of a file, with nothing in it that means something in a path. */
export const isPartName = (name: unknown): boolean => typeof name === 'string' && partName.test(name)

/**
 * The state of each part at this moment.
 *
 * @throws ArgumentError for names that cannot be those of files, and for numbers that JSON has not
 */
export function statesOf(run: Run): Record<string, StoredState> {
  const states = Object.entries(run).map(([name, part]) => {
    if (!isPartName(name))
      throw new ArgumentError('saveCheckpoint', `'${name}' cannot name a part: letters, digits, _ and - only`)
    const entries = Object.entries(part.stateDict())
    const tensors = entries.filter((entry): entry is [string, Tensor] => entry[1] instanceof Tensor)
    const values = entries.filter((entry): entry is [string, Json] => !(entry[1] instanceof Tensor))
    for (const [key, value] of values) checkJson(`${name}.${key}`, value)
    return [name, { tensors: Object.fromEntries(tensors), values: Object.fromEntries(values) }] as const
  })
  return Object.fromEntries(states)
}

/** @throws ArgumentError where a number is not finite, which JSON would store as null */
export function checkJson(name: string, value: Json): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new ArgumentError('saveCheckpoint', `${name} is ${value}, which JSON cannot hold`)
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value) as [string, Json][]) checkJson(`${name}.${key}`, item)
}
