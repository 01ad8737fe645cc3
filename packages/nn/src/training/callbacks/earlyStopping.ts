import { ArgumentError } from '@wids/tensor'
import type { Best } from '../../files/checkpoint/folder.ts'
import type { Callback } from '../callback.ts'
import type { ValidationReport } from '../evaluate.ts'

/** Options of `earlyStopping`. */
export interface EarlyStoppingOptions {
  /** Validations in a row that may be no better. Default 3. */
  readonly patience?: number | undefined
  /** How much better a validation must be to count. Default 0. */
  readonly threshold?: number | undefined
  /** Whether the measure is to fall or to rise. Default 'min'. */
  readonly mode?: Best | undefined
  /** What is watched: a metric, or by default the loss. */
  readonly metric?: string | undefined
}

/**
 * Ends a run when its validation has stopped getting better (Prechelt, 1998).
 *
 * @throws ArgumentError for a negative patience; when called, if there is no such metric
 * @example
 * await fit(model, { loss, optimizer, data, validation, epochs: 100, callbacks: [earlyStopping({ patience: 5 })] })
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const { patience = 3, threshold = 0, mode = 'min', metric } = options
  if (!(patience >= 0)) throw new ArgumentError('earlyStopping', `patience is at least 0, got ${patience}`)
  const sign = mode === 'min' ? 1 : -1
  let best: number | null = null
  let bad = 0
  return {
    onValidation(report, training) {
      const value = measureOf(report, metric)
      const better = best === null ? !Number.isNaN(value) : sign * value < sign * best - threshold
      if (better) best = value
      bad = better ? 0 : bad + 1
      if (bad > patience) training.stop(`${metric ?? 'the loss'} was no better for ${bad} validations`)
    },
    state: {
      name: 'earlyStopping',
      stateDict: () => ({ best: best !== null && Number.isFinite(best) ? best : null, bad }),
      loadStateDict(state) {
        if (typeof state['bad'] !== 'number' || !(state['best'] === null || typeof state['best'] === 'number'))
          throw new ArgumentError('earlyStopping', 'its state is the best measure and how many were no better')
        best = state['best']
        bad = state['bad']
      },
    },
  }
}

function measureOf({ loss, metrics }: ValidationReport, metric: string | undefined): number {
  const value = metric === undefined ? loss : metrics[metric]
  if (value === undefined)
    throw new ArgumentError(
      'earlyStopping',
      `there is no metric '${metric}'; there is ${Object.keys(metrics).join(', ')}`,
    )
  return value
}
