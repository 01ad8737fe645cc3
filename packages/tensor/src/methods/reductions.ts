import * as reduce from '../ops/reduce.ts'
import type { Axes } from '../ops/reduce.ts'
import type { Tensor } from '../tensor.ts'
import { tensorOf } from './tensorOf.ts'

/** Reductions, over all axes unless some are named, and what runs along an axis. */
export class ReductionMethods {
  /**
   * Σ x; bool and i8 are added as i32.
   *
   * @throws ArgumentError for axes that are not there, as with every reduction
   */
  sum(axes?: Axes, keepdim = false): Tensor {
    return reduce.sum(tensorOf(this), axes, keepdim)
  }
  /** Σ x / n; integers give f32. */
  mean(axes?: Axes, keepdim = false): Tensor {
    return reduce.mean(tensorOf(this), axes, keepdim)
  }
  /** Π x, the product of the values; bool and i8 as i32. */
  prod(axes?: Axes, keepdim = false): Tensor {
    return reduce.prod(tensorOf(this), axes, keepdim)
  }
  /**
   * The largest value; NaN if one is (`amax`).
   *
   * @throws ShapeError if there are no values
   */
  max(axes?: Axes, keepdim = false): Tensor {
    return reduce.max(tensorOf(this), axes, keepdim)
  }
  /**
   * The smallest value; NaN if one is (`amin`).
   *
   * @throws ShapeError if there are no values
   */
  min(axes?: Axes, keepdim = false): Tensor {
    return reduce.min(tensorOf(this), axes, keepdim)
  }
  /** Variance Σ (x − mean)² / (n − correction); 1 is unbiased. */
  var(axes?: Axes, keepdim = false, correction = 1): Tensor {
    return reduce.variance(tensorOf(this), axes, keepdim, correction)
  }
  /** Standard deviation √(Σ (x − mean)² / (n − correction)); 1 as in `var`. */
  std(axes?: Axes, keepdim = false, correction = 1): Tensor {
    return reduce.std(tensorOf(this), axes, keepdim, correction)
  }
  /** √Σ x², the Euclidean norm (`linalg.vector_norm`). */
  norm(axes?: Axes, keepdim = false): Tensor {
    return reduce.norm(tensorOf(this), axes, keepdim)
  }
  /** log Σ eˣ, which does not overflow */
  logsumexp(axes?: Axes, keepdim = false): Tensor {
    return reduce.logsumexp(tensorOf(this), axes, keepdim)
  }
  /** Whether a value is not 0, as bool. */
  any(axes?: Axes, keepdim = false): Tensor {
    return reduce.any(tensorOf(this), axes, keepdim)
  }
  /** Whether no value is 0, as bool. */
  all(axes?: Axes, keepdim = false): Tensor {
    return reduce.all(tensorOf(this), axes, keepdim)
  }
  /**
   * Position (i32) of the largest value, the first of equals; over all elements without an axis.
   *
   * @throws ShapeError if there are no values
   */
  argmax(axis?: number, keepdim = false): Tensor {
    return reduce.argmax(tensorOf(this), axis, keepdim)
  }
  /**
   * Position (i32) of the smallest value, the first of equals; over all elements without an axis.
   *
   * @throws ShapeError if there are no values
   */
  argmin(axis?: number, keepdim = false): Tensor {
    return reduce.argmax(tensorOf(this).neg(), axis, keepdim)
  }
  /** Sums of the values up to each position of an axis, in the shape of x. */
  cumsum(axis: number): Tensor {
    return reduce.cumsum(tensorOf(this), axis)
  }
  /**
   * (x − mean) / √(var + eps) over the last axis, in the shape of x: `F.layer_norm` without weights (Ba et al., 2016).
   *
   * @throws DTypeError unless x is real
   */
  normalize(eps = 1e-5): Tensor {
    return reduce.normalize(tensorOf(this), eps)
  }
}
