import { ArgumentError, type Tensor, where } from '@wids/tensor'
import { checkShapes, type LossOptions, reduced } from './reduction.ts'

/**
 * Mean absolute error: |ŷ − y| (`torch.nn.functional.l1_loss`); its gradient at 0 is 0.
 *
 * @param prediction [...] ŷ
 * @param target [...] y
 * @throws ShapeError unless the shapes are equal
 * @example
 * await l1Loss(tensor([1, -3]), tensor([0, 0])).item()   // 2
 */
export function l1Loss(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkShapes('l1Loss', prediction, target)
  return reduced(prediction.sub(target).abs(), options)
}

/** Options of {@link huberLoss}. */
export interface HuberOptions extends LossOptions {
  /** Where squares end, δ. Default 1. */
  readonly delta?: number | undefined
}

/**
 * Squares of small errors, absolute values of large ones (Huber, 1964; `torch.nn.functional.huber_loss`): with d = ŷ − y
 * ½d² where |d| ≤ δ, else δ(|d| − ½δ).
 *
 * @param prediction [...] ŷ
 * @param target [...] y
 * @throws ShapeError unless the shapes are equal, ArgumentError unless δ > 0
 * @example
 * await huberLoss(tensor([0.5, 3]), tensor([0, 0]), { reduction: 'none' }).toArray()   // [0.125, 2.5]
 */
export function huberLoss(prediction: Tensor, target: Tensor, { delta = 1, ...options }: HuberOptions = {}): Tensor {
  checkShapes('huberLoss', prediction, target)
  if (!(delta > 0)) throw new ArgumentError('huberLoss', `delta is above 0, got ${delta}`)
  return reduced(bend(prediction.sub(target), delta), options)
}

/** Options of {@link smoothL1Loss}. */
export interface SmoothL1Options extends LossOptions {
  /** Where squares end, β; 0 for none. Default 1. */
  readonly beta?: number | undefined
}

/**
 * Huber's loss over β (Girshick, 2015; `torch.nn.functional.smooth_l1_loss`): ½d²/β where |d| < β, else |d| − ½β.
 *
 * @param prediction [...] ŷ
 * @param target [...] y
 * @throws ShapeError unless the shapes are equal, ArgumentError for β below 0
 * @example
 * await smoothL1Loss(tensor([0.5, 3]), tensor([0, 0]), { reduction: 'none' }).toArray()   // [0.125, 2.5]
 */
export function smoothL1Loss(
  prediction: Tensor,
  target: Tensor,
  { beta = 1, ...options }: SmoothL1Options = {},
): Tensor {
  checkShapes('smoothL1Loss', prediction, target)
  if (!(beta >= 0)) throw new ArgumentError('smoothL1Loss', `beta is at least 0, got ${beta}`)
  const error = prediction.sub(target)
  return reduced(beta === 0 ? error.abs() : bend(error, beta).mul(1 / beta), options)
}

/** ½d² where |d| ≤ δ, else δ(|d| − ½δ); squares are of limited numbers, so that none overflows. */
function bend(error: Tensor, delta: number): Tensor {
  const size = error.abs()
  const near = where(size.le(delta), error, 0)
  return where(size.le(delta), near.mul(near).mul(0.5), size.sub(0.5 * delta).mul(delta))
}
