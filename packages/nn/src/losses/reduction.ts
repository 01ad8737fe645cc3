import { ArgumentError, ShapeError, type Tensor } from '@wids/tensor'
import { checkTensors, printed } from '@wids/tensor/graph'

/** Whether a loss is the mean over all elements, their sum, or one number an element. */
export type Reduction = 'mean' | 'sum' | 'none'

/** Options of every loss. */
export interface LossOptions {
  /** Default 'mean'. */
  readonly reduction?: Reduction | undefined
}

export function reduced(losses: Tensor, { reduction = 'mean' }: LossOptions): Tensor {
  const reduce: Record<Reduction, (x: Tensor) => Tensor> = { mean: x => x.mean(), sum: x => x.sum(), none: x => x }
  if (!Object.hasOwn(reduce, reduction))
    throw new ArgumentError('reduction', `'mean', 'sum' or 'none' is needed, got ${printed(reduction)}`)
  return reduce[reduction](losses)
}

/** Losses compare equal shapes: broadcasting [n, 1] with [n] would compare everything with everything. */
export function checkShapes(operation: string, prediction: Tensor, target: Tensor): void {
  checkTensors(operation, { prediction, target })
  if (String(prediction.shape) !== String(target.shape))
    throw new ShapeError(
      operation,
      `prediction and target have one shape, got [${prediction.shape.join(', ')}] and [${target.shape.join(', ')}]`,
      [prediction.shape, target.shape],
    )
}
