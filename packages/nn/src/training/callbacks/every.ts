import type { Module } from '../../module/module.ts'
import type { Callback, Training } from '../callback.ts'

/**
 * Does something with the model every so many steps: writes a sample, draws an image.
 *
 * @param run may return a promise, for which training waits
 * @example
 * const samples = every(500, async ({ model, step }) => console.log(step, await sampleOf(model)))
 */
export const every = <Model extends Module>(
  steps: number,
  run: (training: Training<Model>) => unknown,
): Callback<Model> => ({ every: steps, onInterval: run })
