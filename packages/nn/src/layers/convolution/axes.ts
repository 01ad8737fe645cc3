import { ArgumentError } from '@wids/tensor'

/** One number for every spatial axis, or one for each. */
export type PerAxis = number | readonly number[]

/** Zeros before and after every spatial axis: one number, one for each axis, or a pair [before, after] for each axis. */
export type Padding = number | readonly (number | readonly [before: number, after: number])[]

/**
 * One number for each of some axes.
 *
 * @throws ArgumentError unless they are as many, whole and at least `least`
 */
export function perAxis(operation: string, name: string, value: PerAxis, axes: number, least: number): number[] {
  const list = typeof value === 'number' ? new Array<number>(axes).fill(value) : [...value]
  if (list.length !== axes || !list.every(n => Number.isSafeInteger(n) && n >= least))
    throw new ArgumentError(
      operation,
      `${name} is a whole number of at least ${least}, or ${axes} of them, got ${JSON.stringify(value)}`,
    )
  return list
}

/**
 * The pair [before, after] of each of some axes.
 *
 * @throws ArgumentError unless they are as many, whole and not negative
 */
export function paddingOf(operation: string, padding: Padding, axes: number): (readonly [number, number])[] {
  const list = typeof padding === 'number' ? new Array<number>(axes).fill(padding) : padding
  const pairs = list.map(item => (typeof item === 'number' ? ([item, item] as const) : item))
  const valid = pairs.every(pair => pair.length === 2 && pair.every(n => Number.isSafeInteger(n) && n >= 0))
  if (pairs.length !== axes || !valid)
    throw new ArgumentError(
      operation,
      `padding is a whole number of at least 0, or a number or pair for each of ${axes} axes, got ${JSON.stringify(padding)}`,
    )
  return pairs
}
