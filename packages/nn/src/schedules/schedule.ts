import { ArgumentError } from '@wids/tensor'

/** The learning rate at a step, counted from 0. */
export type Schedule = (step: number) => number

/** @throws ArgumentError unless a number of steps is whole and positive */
export function checkSteps(operation: string, name: string, steps: number): void {
  if (!(Number.isSafeInteger(steps) && steps > 0))
    throw new ArgumentError(operation, `${name} is a positive number of steps, got ${steps}`)
}
