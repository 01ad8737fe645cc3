import { ArgumentError } from '@wids/tensor'
import { removeAtomically, removeLeftovers, writeFolderAtomically } from '../nodeFiles.ts'
import { orCheckpointError } from '../systemErrors.ts'
import { encodedParts } from '../safetensors/encode.ts'
import { descriptionFile, encodeDescription } from './description.ts'
import { type Best, bestCheckpoint, checkpointsIn, freePath } from './folder.ts'
import { checkJson, type Json, type Run, statesOf } from './state.ts'

/** Options of {@link saveCheckpoint}. */
export interface CheckpointOptions {
  /** Steps taken. */
  readonly step: number
  /** Whatever tells how the run was set up. Default null. */
  readonly config?: Json | undefined
  /** What the run is judged by, such as the loss on held-out data; one that is not finite is never the best. */
  readonly metric?: number | undefined
  /** How many checkpoints stay, those of most steps. Default 1. */
  readonly keep?: number | undefined
  /** Whether the one with the lowest or highest metric stays, too. Default: it does not. */
  readonly keepBest?: Best | undefined
}

/**
 * Saves a run in a folder of its own, `folder/step-00000100`, in Node: the tensors of each part in 'PART.safetensors',
 * everything else in 'checkpoint.json'. It holds the values of the moment of the call, even if training goes on. It
 * appears whole or not at all, on the disk too, and older ones go only afterwards. One process at a time may save into
 * a folder.
 *
 * @param run whatever has `stateDict` and `loadStateDict`. A schedule that is a function of the step needs no saving
 * @returns the path of the checkpoint
 * @throws ArgumentError for options that make no sense; CheckpointError if it cannot be written
 * @example
 * const run = { model, optimizer, plateau, loader, generator: defaultGenerator() }
 * await saveCheckpoint('runs/moby', run, { step, metric: loss, config: { lr: 1e-3 }, keep: 3, keepBest: 'min' })
 */
export async function saveCheckpoint(folder: string, run: Run, options: CheckpointOptions): Promise<string> {
  checkOptions(options)
  const files = filesOf(run, options)
  const path = await orCheckpointError(
    folder,
    'the checkpoint cannot be written; earlier ones are untouched',
    async () => {
      const free = await freePath(folder, options.step)
      await writeFolderAtomically(free, files)
      return free
    },
  )
  await orCheckpointError(folder, 'older checkpoints cannot be removed', () => removeOthers(folder, path, options))
  return path
}

function checkOptions({ step, keep = 1, config = null }: CheckpointOptions): void {
  if (!Number.isSafeInteger(step) || step < 0)
    throw new ArgumentError('saveCheckpoint', `step is a whole number, got ${step}`)
  if (!(keep >= 1)) throw new ArgumentError('saveCheckpoint', `keep is at least 1, got ${keep}`)
  checkJson('config', config)
}

function filesOf(run: Run, { step, metric, config = null }: CheckpointOptions) {
  const states = Object.entries(statesOf(run))
  const withTensors = states.filter(([, { tensors }]) => Object.keys(tensors).length > 0)
  const description = encodeDescription({
    version: 1,
    step,
    metric: metric !== undefined && Number.isFinite(metric) ? metric : null,
    config,
    tensors: withTensors.map(([name]) => name),
    values: Object.fromEntries(states.map(([name, { values }]) => [name, values])),
  })
  const tensorFiles = withTensors.map(([name, { tensors }]) => [`${name}.safetensors`, encodedParts(tensors)] as const)
  return { ...Object.fromEntries(tensorFiles), [descriptionFile]: [description] }
}

/** Removes what is neither new nor best, and what killed writers left. */
async function removeOthers(folder: string, written: string, { keep = 1, keepBest }: CheckpointOptions): Promise<void> {
  const best = keepBest === undefined ? undefined : await bestCheckpoint(folder, keepBest)
  const old = (await checkpointsIn(folder)).slice(0, -keep)
  for (const path of old.filter(path => path !== written && path !== best)) await removeAtomically(path)
  await removeLeftovers(folder)
}
