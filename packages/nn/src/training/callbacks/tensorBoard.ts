import type { Callback } from '../callback.ts'
import { SummaryWriter } from '../tensorBoard/summaryWriter.ts'

/** Options of `tensorBoard`. */
export interface TensorBoardOptions {
  /** Steps between histograms of all parameters. Default: none are written. */
  readonly histograms?: number | undefined
}

/**
 * Writes loss, learning rate, gradient norm, loss scale, metrics and validations for TensorBoard, in Node;
 * 'training/skipped' counts steps that were skipped. A run that is resumed takes back what was written after its checkpoint.
 *
 * @example
 * await fit(model, { loss, optimizer, data, epochs: 3, callbacks: [tensorBoard('runs/digits', { histograms: 100 })] })
 * // tensorboard --logdir runs
 */
export function tensorBoard(folder: string, { histograms }: TensorBoardOptions = {}): Callback {
  let writer: SummaryWriter | undefined
  const add = (prefix: string, step: number, scalars: Readonly<Record<string, number | undefined>>): void => {
    for (const [name, value] of Object.entries(scalars))
      if (value !== undefined) writer?.addScalar(`${prefix}/${name}`, value, step)
  }
  return {
    every: histograms,
    onStart({ step }) {
      writer = new SummaryWriter(folder, step === 0 ? {} : { purgeStep: step + 1 })
    },
    onStep({ step, loss, lr, norm, scale, skipped, metrics }, training) {
      const skips = skipped ? training.skipped.length : undefined
      add('training', step, { loss, lr, norm, scale, skipped: skips, ...metrics })
    },
    onValidation: ({ step, loss, metrics }) => add('validation', step, { loss, ...metrics }),
    async onInterval({ step, model }) {
      for (const [name, weight] of model.namedParameters()) writer?.addHistogram(name, await weight.data(), step)
    },
    close: () => writer?.close(),
  }
}
