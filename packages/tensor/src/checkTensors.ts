import { ArgumentError, printed } from './errors.ts'
import { Handle } from './handle.ts'

/**
 * Refuses what JavaScript lets through where tensors are asked for, by name or in a list.
 *
 * @throws ArgumentError that names the first that is none
 * @example
 * checkTensors('attention', { query, key, value })
 */
export function checkTensors(operation: string, given: object): void {
  const isList = Array.isArray(given)
  if (!isList && (typeof given !== 'object' || given === null))
    throw new ArgumentError(operation, `tensors are given in a list, got ${printed(given)}`)
  for (const [key, value] of Object.entries(given) as [string, unknown][])
    if (!(value instanceof Handle))
      throw new ArgumentError(
        operation,
        `${isList ? `item ${key}` : key} is a tensor, got ${printed(value)}${hint(value)}`,
      )
}

const hint = (value: unknown): string =>
  Array.isArray(value) || typeof value === 'number' ? '; make one with tensor(…)' : ''
