import { ArgumentError } from '@wids/tensor'
import { checkSteps, type Schedule } from './schedule.ts'

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

/**
 * Half a cosine from peak to end, again and again (Loshchilov & Hutter, "SGDR", 2017;
 * `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`): end + ½ (peak − end)(1 + cos(π · t / T)), t steps since the
 * last restart.
 *
 * @param period steps until the first restart
 * @param factor how much longer each period is than the one before. Default 1
 * @throws ArgumentError unless the period is at least 1 and the factor too
 * @example
 * const schedule = cosineRestartsSchedule({ peak: 1e-3, period: 100, factor: 2 })   // restarts at 100, 300, 700, …
 */
export function cosineRestartsSchedule({
  peak,
  end = 0,
  period,
  factor = 1,
}: {
  readonly peak: number
  readonly end?: number | undefined
  readonly period: number
  readonly factor?: number | undefined
}): Schedule {
  checkSteps('cosineRestartsSchedule', 'period', period)
  if (!(Number.isSafeInteger(factor) && factor >= 1))
    throw new ArgumentError('cosineRestartsSchedule', `factor is a whole number of at least 1, got ${factor}`)
  return step => {
    let [since, length] = [step, period]
    if (factor === 1) since %= period
    else while (since >= length) [since, length] = [since - length, length * factor]
    return end + 0.5 * (peak - end) * (1 + Math.cos((Math.PI * since) / length))
  }
}
