import { type Tensor, WidsError } from '@wids/tensor'

/** What is known of one step. */
export interface StepReport {
  /** Steps so far, this one included: from 1. */
  readonly step: number
  /** Loss of its batch, or the mean of those that were accumulated. */
  readonly loss: number
  /** Learning rate it was taken with. */
  readonly lr: number
  /** Euclidean norm of the whole gradient, before clipping. */
  readonly norm: number
  /** Whether loss or gradient were not finite, so that nothing was changed. */
  readonly skipped: boolean
  /** What the loss was multiplied by, where it is scaled. */
  readonly scale: number | undefined
  /** What the loss function gave beside the loss. */
  readonly metrics: Readonly<Record<string, number>>
}

/** The same as tensors [] that a program is computing. */
export interface StepValues {
  /** f32 [], the loss. */
  readonly loss: Tensor
  /** f32 [], the learning rate. */
  readonly lr: Tensor
  /** f32 [], Euclidean norm of the whole gradient, before clipping. */
  readonly norm: Tensor
  /** i32 [], steps in a row that were skipped, up to this one. */
  readonly skippedInRow: Tensor
  /** bool [], whether this one was. */
  readonly skipped: Tensor
  /** f32 [], what the loss was multiplied by, where it is scaled. */
  readonly scale: Tensor | undefined
  /** Scalars [] that the loss function gave beside the loss. */
  readonly metrics: Readonly<Record<string, Tensor>>
}

/**
 * Loss or gradients were not finite for several steps in a row; the weights are those before them.
 *
 * @example
 * try {
 *   await fit(model, { loss, optimizer, data, steps: 1000 })
 * } catch (error) {
 *   if (error instanceof DivergedError) console.log(error.step, error.loss, error.norm)
 * }
 */
export class DivergedError extends WidsError {
  /** The last of the steps. */
  readonly step: number
  /** Its loss. */
  readonly loss: number
  /** Euclidean norm of its gradient. */
  readonly norm: number

  /** @param skippedInRow steps in a row that were not finite */
  constructor(skippedInRow: number, { step, loss, norm }: Pick<StepReport, 'step' | 'loss' | 'norm'>) {
    super(
      `training diverged: ${skippedInRow} steps in a row had a loss or gradient that is not finite, at last step ${step} ` +
        `(loss ${loss}, gradient norm ${norm}); the weights are those before them. Lower the learning rate, clip the ` +
        'gradient, or look for the first bad tensor with captureForward and checkFinite',
    )
    this.step = step
    this.loss = loss
    this.norm = norm
  }
}

/** Waits for a step. */
export async function readStep(step: number, values: StepValues, limit: number): Promise<StepReport> {
  const { metrics, scale } = values
  const [loss, lr, norm, skipped, skippedInRow, factor, measured] = await Promise.all([
    values.loss.item(),
    values.lr.item(),
    values.norm.item(),
    values.skipped.item(),
    values.skippedInRow.item(),
    scale?.item(),
    itemsOf(metrics),
  ])
  const report = { step, loss, lr: shortest(lr), norm, skipped: skipped !== 0, scale: factor, metrics: measured }
  if (skippedInRow >= limit) throw new DivergedError(skippedInRow, report)
  return report
}

/** Scalars by name, as numbers. */
export async function itemsOf(scalars: Readonly<Record<string, Tensor>>): Promise<Record<string, number>> {
  const read = Object.entries(scalars).map(async ([name, value]) => [name, await value.item()] as const)
  return Object.fromEntries(await Promise.all(read))
}

/** The number with the fewest digits that is the same in f32: 0.001, not 0.0010000000474974513. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}
