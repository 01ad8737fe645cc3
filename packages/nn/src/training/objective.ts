import { ArgumentError, Tensor } from '@wids/tensor'
import type { Module } from '../module/module.ts'
import { inPrecision, type Precision } from './precision/inPrecision.ts'

/** A loss [] alone, or with other scalars that are worth knowing, by name. */
export type Losses = Tensor | { readonly loss: Tensor; readonly [metric: string]: Tensor }

/** What a model is trained for: the loss of a batch. */
export type Objective<Model extends Module, Batch> = (model: Model, batch: Batch) => Losses

/** A loss [] and other scalars. */
export interface Measured {
  readonly loss: Tensor
  readonly metrics: Readonly<Record<string, Tensor>>
}

/** The loss and metrics of a batch, computed in a precision. */
export function measure<Model extends Module, Batch>(
  model: Model,
  objective: Objective<Model, Batch>,
  batch: Batch,
  precision: Precision,
): Measured {
  const losses = inPrecision(model, precision, () => objective(model, batch))
  const { loss, ...metrics } = losses instanceof Tensor ? { loss: losses } : losses
  for (const [name, { size, shape }] of Object.entries({ loss, ...metrics }))
    if (size !== 1)
      throw new ArgumentError('fit', `'${name}' is one number for the batch, got [${shape.join(', ')}]; take its mean`)
  return { loss: loss.reshape([]), metrics: detached(metrics) }
}

const detached = (metrics: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, value.reshape([]).detach()]))

/** Means over batches. */
export function meanOf(parts: readonly Measured[]): Measured {
  const [first] = parts as readonly [Measured, ...Measured[]]
  if (parts.length === 1) return first
  const mean = (pick: (part: Measured) => Tensor): Tensor =>
    parts
      .map(pick)
      .reduce((sum, value) => sum.add(value))
      .div(parts.length)
  const names = Object.keys(first.metrics)
  return {
    loss: mean(part => part.loss),
    metrics: Object.fromEntries(names.map(name => [name, mean(part => part.metrics[name]!)])),
  }
}
