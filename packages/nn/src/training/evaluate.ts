import { compile, Tensor } from '@wids/tensor'
import type { Module } from '../module/module.ts'
import { withTensors } from '../module/withTensors.ts'
import { type Measured, measure } from './objective.ts'
import { itemsOf } from './report.ts'
import type { TrainerOptions } from './trainer.ts'

/** Batches, again each time they are asked for: a loader or an array. */
export type Batches<Batch> = Iterable<Batch> | AsyncIterable<Batch>

/** Means over data that is not trained on. */
export interface ValidationReport {
  /** Steps taken until then. */
  readonly step: number
  /** Mean loss of an example. */
  readonly loss: number
  /** Means of what the loss function gave beside the loss. */
  readonly metrics: Readonly<Record<string, number>>
}

/** Batches that are computed before one is waited for: more would only pile up. */
const ahead = 8

/**
 * A function that gives the mean loss and metrics of a model over data, by the examples of each batch (the first axis of
 * its first tensor), in evaluation mode and with averaged weights if there are any.
 */
export function evaluator<Model extends Module, Batch>(
  model: Model,
  { loss, ema, precision = 'f32' }: TrainerOptions<Model, Batch>,
): (data: Batches<Batch>) => Promise<Omit<ValidationReport, 'step'>> {
  const averages = ema?.weights() ?? {}
  const weights = new Map(
    model.namedParameters().flatMap(([name, weight]) => (averages[name] ? [[weight, averages[name]]] : [])),
  )
  const lossOf = compile((batch: Batch) => withTensors(model, weights, () => measure(model, loss, batch, precision)))
  return async data => {
    const mode = model.training
    model.eval()
    try {
      return await meanOver(data, lossOf)
    } finally {
      model.train(mode)
    }
  }
}

async function meanOver<Batch>(
  data: Batches<Batch>,
  lossOf: (batch: Batch) => Measured,
): Promise<Omit<ValidationReport, 'step'>> {
  const totals = new Map<string, number>()
  let examples = 0
  let waiting: (readonly [size: number, Measured])[] = []
  const drain = async (): Promise<void> => {
    for (const [size, { loss, metrics }] of waiting)
      for (const [name, value] of Object.entries(await itemsOf({ ...metrics, loss })))
        totals.set(name, (totals.get(name) ?? 0) + value * size)
    waiting = []
  }
  for await (const batch of data) {
    const size = examplesIn(batch)
    examples += size
    waiting.push([size, lossOf(batch)])
    if (waiting.length === ahead) await drain()
  }
  await drain()
  const { loss = NaN, ...metrics } = Object.fromEntries([...totals].map(([name, total]) => [name, total / examples]))
  return { loss, metrics }
}

/** The first axis of the first tensor in a batch; 1 if it has none. */
function examplesIn(batch: unknown): number {
  if (batch instanceof Tensor || ArrayBuffer.isView(batch)) return batch instanceof Tensor ? (batch.shape[0] ?? 1) : 1
  if (typeof batch !== 'object' || batch === null) return 1
  const [first] = Object.values(batch)
  return first === undefined ? 1 : examplesIn(first)
}
