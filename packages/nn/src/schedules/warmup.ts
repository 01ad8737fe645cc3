import { checkSteps, type Schedule } from './schedule.ts'

/**
 * A straight line up to where another schedule begins, which then runs from its own step 0
 * (`SequentialLR` of `LinearLR` and another): schedule(0) · (start + (1 − start) · step / steps) for step < steps, then
 * schedule(step − steps).
 *
 * @param steps of rising
 * @param start factor of the first step. Default 0
 * @throws ArgumentError unless `steps` is a positive whole number
 * @example
 * const schedule = warmup(exponentialSchedule({ lr: 0.1, factor: 0.99 }), { steps: 100, start: 0.01 })
 */
export function warmup(
  schedule: Schedule,
  { steps, start = 0 }: { readonly steps: number; readonly start?: number | undefined },
): Schedule {
  checkSteps('warmup', 'steps', steps)
  return step => (step < steps ? schedule(0) * (start + ((1 - start) * step) / steps) : schedule(step - steps))
}
