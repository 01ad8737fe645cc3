import type { Run, Stateful } from '../files/checkpoint/state.ts'
import type { Callback } from './callback.ts'

/** Those parts of a run that have a state, and the states of its callbacks, each under a name of its own. */
export function partsOf(own: Readonly<Record<string, unknown>>, states: readonly Callback['state'][]): Run {
  const parts = new Map(Object.entries(own).filter((part): part is [string, Stateful] => isStateful(part[1])))
  for (const state of states) {
    if (state === undefined) continue
    let name = state.name
    for (let again = 2; parts.has(name); again++) name = `${state.name}${again}`
    parts.set(name, state)
  }
  return Object.fromEntries(parts)
}

const isStateful = (value: unknown): value is Stateful =>
  typeof value === 'object' && value !== null && 'stateDict' in value && 'loadStateDict' in value
