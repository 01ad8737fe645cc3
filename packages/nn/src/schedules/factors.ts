import { ArgumentError } from '@wids/tensor'
import { checkSteps, type Schedule } from './schedule.ts'

/**
 * One learning rate throughout, or another during the first steps (`torch.optim.lr_scheduler.ConstantLR`): lr · factor
 * for step < steps, then lr.
 *
 * @param lr learning rate
 * @param options `factor`: default 1; `steps`: default 0
 * @example
 * constantSchedule(0.1, { factor: 0.5, steps: 10 })(9)   // 0.05
 */
export const constantSchedule =
  (lr: number, { factor = 1, steps = 0 }: { readonly factor?: number; readonly steps?: number } = {}): Schedule =>
  step =>
    step < steps ? lr * factor : lr

/**
 * A fraction more of the learning rate every so many steps (`StepLR`): lr · factor^⌊step / every⌋.
 *
 * @param factor default 0.1
 * @throws ArgumentError unless `every` is a positive whole number
 * @example
 * optimizer.setLearningRate(stepSchedule({ lr: 0.1, every: 30 })(epoch))
 */
export function stepSchedule({
  lr,
  every,
  factor = 0.1,
}: {
  readonly lr: number
  readonly every: number
  readonly factor?: number | undefined
}): Schedule {
  checkSteps('stepSchedule', 'every', every)
  return step => lr * factor ** Math.floor(step / every)
}

/**
 * A fraction more of the learning rate at each milestone (`MultiStepLR`): lr · factor^(milestones up to the step).
 *
 * @param milestones steps in any order
 * @param factor default 0.1
 * @example
 * multiStepSchedule({ lr: 0.1, milestones: [30, 80] })(80)   // 0.001
 */
export const multiStepSchedule =
  ({
    lr,
    milestones,
    factor = 0.1,
  }: {
    readonly lr: number
    readonly milestones: readonly number[]
    readonly factor?: number | undefined
  }): Schedule =>
  step =>
    lr * factor ** milestones.filter(milestone => milestone <= step).length

/**
 * A fraction of the learning rate after every step (`torch.optim.lr_scheduler.ExponentialLR`): lr · factor^step.
 *
 * @example
 * exponentialSchedule({ lr: 1, factor: 0.5 })(3)   // 0.125
 */
export const exponentialSchedule =
  ({ lr, factor }: { readonly lr: number; readonly factor: number }): Schedule =>
  step =>
    lr * factor ** step

/**
 * A straight line, then its end (`LinearLR`): lr · (start + (end − start) · step / steps).
 *
 * @param start factor of the first step. Default 1/3
 * @param end factor from `steps` on. Default 1
 * @param steps default 5
 * @throws ArgumentError unless `steps` is a positive whole number
 * @example
 * linearSchedule({ lr: 1e-3, start: 1, end: 0, steps: 1000 })   // falls to 0
 */
export function linearSchedule({
  lr,
  start = 1 / 3,
  end = 1,
  steps = 5,
}: {
  readonly lr: number
  readonly start?: number | undefined
  readonly end?: number | undefined
  readonly steps?: number | undefined
}): Schedule {
  checkSteps('linearSchedule', 'steps', steps)
  return step => lr * (start + ((end - start) * Math.min(step, steps)) / steps)
}

/**
 * A power of what is left (`PolynomialLR`): lr · (1 − step / steps)^power, 0 from `steps` on.
 *
 * @param steps default 5
 * @param power default 1
 * @throws ArgumentError unless `steps` is a positive whole number
 * @example
 * polynomialSchedule({ lr: 1, steps: 10, power: 2 })(5)   // 0.25
 */
export function polynomialSchedule({
  lr,
  steps = 5,
  power = 1,
}: {
  readonly lr: number
  readonly steps?: number | undefined
  readonly power?: number | undefined
}): Schedule {
  checkSteps('polynomialSchedule', 'steps', steps)
  return step => lr * (1 - Math.min(step, steps) / steps) ** power
}

/**
 * Rises linearly, then falls with the root of the step (Vaswani et al., 2017, section 5.3, called Noam):
 * factor · channels^−½ · min(t^−½, t · warmup^−1.5), t = step + 1.
 *
 * @param channels of the model, d_model
 * @param warmup steps of rising. Default 4000
 * @param factor default 1
 * @throws ArgumentError unless channels and warm-up are positive
 * @example
 * const schedule = inverseSquareRootSchedule({ channels: 512 })   // the Transformer's own
 */
export function inverseSquareRootSchedule({
  channels,
  warmup = 4000,
  factor = 1,
}: {
  readonly channels: number
  readonly warmup?: number | undefined
  readonly factor?: number | undefined
}): Schedule {
  checkSteps('inverseSquareRootSchedule', 'warmup', warmup)
  if (!(channels > 0)) throw new ArgumentError('inverseSquareRootSchedule', `channels are positive, got ${channels}`)
  return step => (factor / Math.sqrt(channels)) * Math.min((step + 1) ** -0.5, (step + 1) * warmup ** -1.5)
}
