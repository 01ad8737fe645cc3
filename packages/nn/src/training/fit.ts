import { ArgumentError } from '@wids/tensor'
import { loadCheckpoint } from '../files/checkpoint/load.ts'
import type { Module } from '../module/module.ts'
import type { Training } from './callback.ts'
import { type FitOptions, TrainingRun } from './run.ts'

/**
 * Trains a model: for each batch, or each few that are accumulated, a step; now and then a validation; and meanwhile
 * what callbacks want. For a loop of your own, use `Trainer`.
 *
 * A step whose loss or gradient norm is not finite changes nothing and is reported as skipped. What was resumed goes on
 * to the bit as if it had never stopped, if `data` is a loader.
 *
 * @returns the run: its steps, epochs, newest reports, skipped steps
 * @throws DivergedError after `maxSkipped` skipped steps in a row; ArgumentError for options that make no sense;
 * CheckpointError if there is nothing to resume
 * @example
 * await fit(model, {
 *   loss: (model, [x, y]) => crossEntropy(model.forward(x), y),
 *   optimizer: new AdamW(model.parameters()),
 *   data: new DataLoader(examples, { batchSize: 32, shuffle: true }),
 *   epochs: 3,
 *   callbacks: [({ step, loss }) => console.log(step, loss)],
 * })
 */
export async function fit<Model extends Module, Batch>(
  model: Model,
  options: FitOptions<NoInfer<Model>, Batch>,
): Promise<Training<Model>> {
  const run = new TrainingRun(model, options)
  try {
    if (options.resume !== undefined) await loadCheckpoint(options.resume, run.parts)
    await run.begin()
    while (!run.isOver()) await trainEpoch(run, options)
    await run.end()
    return run
  } finally {
    await run.close()
  }
}

/** Trains to the end of the epoch, from where the data is. */
async function trainEpoch<Model extends Module, Batch>(
  run: TrainingRun<Model, Batch>,
  { data, accumulate = 1 }: FitOptions<Model, Batch>,
): Promise<void> {
  const group: Batch[] = []
  const takeStep = async (): Promise<void> => {
    const [first, ...rest] = group.splice(0)
    if (first !== undefined) await run.takeStep([first, ...rest])
  }
  let seen = 0
  // A run may be resumed after the last step of an epoch and before what is done at its end.
  if (!run.epochIsOver())
    for await (const batch of data) {
      seen++
      group.push(batch)
      if (group.length === accumulate) await takeStep()
      if (run.isOver() && (run.stopped !== undefined || !run.epochIsOver())) return
    }
  if (seen === 0 && (run.step === 0 || run.step > run.firstStep))
    throw new ArgumentError('fit', 'the data has no batches (any more); a generator, say, serves one epoch only')
  await takeStep()
  await run.endEpoch()
}
