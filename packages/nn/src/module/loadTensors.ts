import { ArgumentError, Tensor } from '@wids/tensor'

/** Names that one side had and the other had not. */
export interface Loaded {
  /** Names here that the state lacked. */
  readonly missing: readonly string[]
  /** Names of the state that are not here. */
  readonly unexpected: readonly string[]
}

/** Assigns values by name; checks all of them before the first is assigned. */
export function loadTensors(
  owner: string,
  target: Readonly<Record<string, Tensor>>,
  state: Readonly<Record<string, Tensor>>,
  strict: boolean,
): Loaded {
  const missing = Object.keys(target).filter(name => !Object.hasOwn(state, name))
  const unexpected = Object.keys(state).filter(name => !Object.hasOwn(target, name))
  const shared = Object.keys(target).filter(name => Object.hasOwn(state, name))
  const misfits = shared.filter(name => form(target[name]) !== form(state[name]))
  const problems = [
    ...(strict && missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(strict && unexpected.length > 0 ? [`unexpected: ${unexpected.join(', ')}`] : []),
    ...misfits.map(name => `${name} is ${form(target[name])} here, ${form(state[name])} there`),
  ]
  if (problems.length > 0)
    throw new ArgumentError('loadStateDict', `the state does not fit ${owner}; ${problems.join('; ')}`)
  for (const name of shared) target[name]!.assign(state[name]!.to(target[name]!.dtype))
  return { missing, unexpected }
}

/** A shape; a state that was read from a file may hold something else. */
const form = (value: unknown): string => (value instanceof Tensor ? `[${value.shape.join(', ')}]` : 'no tensor')
