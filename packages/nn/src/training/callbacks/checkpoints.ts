import type { Best } from '../../files/checkpoint/folder.ts'
import { saveCheckpoint } from '../../files/checkpoint/save.ts'
import type { Json } from '../../files/checkpoint/state.ts'
import type { Callback, Training } from '../callback.ts'

/** Options of `checkpoints`. */
export interface CheckpointsOptions {
  /** Steps between checkpoints. Default: one at the end of each epoch. */
  readonly every?: number | undefined
  /** How many stay, the newest. Default 1. */
  readonly keep?: number | undefined
  /** Whether the one with the lowest or highest validation loss stays, too. Default: it does not. */
  readonly keepBest?: Best | undefined
  /** Whatever tells how the run was set up. */
  readonly config?: Json | undefined
}

/**
 * Saves the whole run in a folder now and then and at its end, also when it was stopped, in Node; `fit`'s option `resume`
 * goes on from there.
 *
 * @example
 * const callbacks = [checkpoints('runs/digits', { every: 500, keep: 3, keepBest: 'min' })]
 * await fit(model, { loss, optimizer, data, epochs: 3, callbacks, resume: await latestCheckpoint('runs/digits') })
 */
export function checkpoints(folder: string, { every, ...options }: CheckpointsOptions = {}): Callback {
  let saved: number | undefined
  const save = async ({ step, parts, validation }: Training): Promise<void> => {
    saved = step
    const metric = validation?.step === step ? validation.loss : undefined
    await saveCheckpoint(folder, parts, { ...options, step, metric })
  }
  return {
    every,
    onStart: ({ step }) => void (saved = step === 0 ? undefined : step), // what was resumed is saved already
    onInterval: save,
    onEpoch: training => (every === undefined ? save(training) : undefined),
    onEnd: training => (saved === training.step ? undefined : save(training)),
  }
}
