import { ArgumentError } from '@wids/tensor'
import { checkSteps, type Schedule } from './schedule.ts'

/** Options of {@link oneCycleSchedule}. */
export interface OneCycleOptions {
  /** Highest learning rate. */
  readonly peak: number
  /** Steps in all. */
  readonly steps: number
  /** Part of the steps in which it rises. Default 0.3. */
  readonly rise?: number | undefined
  /** Peak over the learning rate of the first step. Default 25. */
  readonly startDivisor?: number | undefined
  /** Learning rate of the first step over that of the last. Default 1e4. */
  readonly endDivisor?: number | undefined
  /** Shape of rise and fall. Default 'cosine'. */
  readonly shape?: 'cosine' | 'linear' | undefined
  /** Whether it falls to the start as fast as it rose, and only then to the end. Default false. */
  readonly threePhase?: boolean | undefined
}

/** From one value to another as t goes from 0 to 1. */
const shapes = {
  cosine: (from: number, to: number, t: number): number => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * t)),
  linear: (from: number, to: number, t: number): number => from + (to - from) * t,
}

/**
 * One rise to the peak and one fall to nearly nothing (Smith & Topin, "Super-convergence", 2018;
 * `torch.optim.lr_scheduler.OneCycleLR`).
 *
 * @throws ArgumentError unless steps are positive and 0 < rise < 1 (≤ ½ for three phases)
 * @example
 * const schedule = oneCycleSchedule({ peak: 0.1, steps: 5000 })   // 0.004 … 0.1 … 4e-7
 */
export function oneCycleSchedule(options: OneCycleOptions): Schedule {
  const { peak, steps, rise = 0.3, startDivisor = 25, endDivisor = 1e4, shape = 'cosine', threePhase = false } = options
  checkSteps('oneCycleSchedule', 'steps', steps)
  if (!(rise > 0 && rise < 1) || (threePhase && rise > 0.5))
    throw new ArgumentError('oneCycleSchedule', `rise is a part of the steps, got ${rise}`)
  const start = peak / startDivisor
  const turns = [0, rise * steps - 1, ...(threePhase ? [2 * rise * steps - 2] : []), steps - 1]
  const rates = [start, peak, ...(threePhase ? [start] : []), start / endDivisor]
  return step => {
    const at = Math.min(step, steps - 1)
    const phase = turns.findIndex((turn, i) => i > 0 && (at <= turn || i === turns.length - 1))
    const [from, to] = [turns[phase - 1]!, turns[phase]!]
    return shapes[shape](rates[phase - 1]!, rates[phase]!, to === from ? 1 : (at - from) / (to - from))
  }
}
