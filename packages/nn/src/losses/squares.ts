import type { Tensor } from '@wids/tensor'
import { checkShapes, type LossOptions, reduced } from './reduction.ts'

/**
 * Least squares: ½ Σ (y − ŷ)².
 *
 * @param prediction [...] ŷ
 * @param target [...] y
 * @throws ShapeError unless the shapes are equal
 * @example
 * await leastSquares(tensor([1, 2]), tensor([0, 0])).item()   // 2.5
 */
export function leastSquares(prediction: Tensor, target: Tensor): Tensor {
  checkShapes('leastSquares', prediction, target)
  const error = prediction.sub(target)
  return error.mul(error).sum().mul(0.5)
}

/**
 * Mean squared error: (ŷ − y)² (`torch.nn.functional.mse_loss`).
 *
 * @param prediction [...] ŷ
 * @param target [...] y
 * @throws ShapeError unless the shapes are equal
 * @example
 * await mseLoss(tensor([1, 3]), tensor([0, 0])).item()   // 5
 */
export function mseLoss(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkShapes('mseLoss', prediction, target)
  const error = prediction.sub(target)
  return reduced(error.mul(error), options)
}
