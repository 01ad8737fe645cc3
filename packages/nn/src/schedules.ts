import { ArgumentError } from '@wids/tensor'

/** The learning rate at a step, counted from 0. */
export type Schedule = (step: number) => number

/**
 * A learning rate that rises linearly and then falls along half a cosine (Loshchilov & Hutter, "SGDR", 2017):
 * peak · (step + 1) / (warmup + 1) for step < warmup, then end + ½ (peak − end)(1 + cos(π · progress)), and end from
 * `steps` on. These are nanoGPT's formulas.
 *
 * @param peak highest learning rate
 * @param end lowest, at the end. Default 0
 * @param warmup steps of rising. Default 0
 * @param steps steps in all
 * @throws ArgumentError unless 0 ≤ warmup ≤ steps
 * @example
 * const schedule = cosineSchedule({ peak: 1e-3, end: 1e-4, warmup: 100, steps: 2000 })
 * optimizer.setLearningRate(schedule(step))
 */
export function cosineSchedule({
  peak,
  end = 0,
  warmup = 0,
  steps,
}: {
  readonly peak: number
  readonly end?: number | undefined
  readonly warmup?: number | undefined
  readonly steps: number
}): Schedule {
  if (!(warmup >= 0 && warmup <= steps))
    throw new ArgumentError('cosineSchedule', `0 ≤ warmup ≤ steps is needed, got ${warmup} and ${steps}`)
  return step => {
    if (step < warmup) return (peak * (step + 1)) / (warmup + 1)
    if (step >= steps) return end
    const progress = (step - warmup) / (steps - warmup)
    return end + 0.5 * (peak - end) * (1 + Math.cos(Math.PI * progress))
  }
}

/** One learning rate throughout. */
export const constantSchedule =
  (lr: number): Schedule =>
  () =>
    lr
