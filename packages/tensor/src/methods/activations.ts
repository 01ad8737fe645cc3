import * as activation from '../ops/activation.ts'
import { real } from '../ops/elementwise.ts'
import type { Tensor } from '../tensor.ts'
import { tensorOf } from './tensorOf.ts'

/** Activations. */
export class ActivationMethods {
  /** 1 / (1 + e⁻ˣ) */
  sigmoid(): Tensor {
    return real('sigmoid', tensorOf(this))
  }
  /** max(x, 0), whose derivative at 0 is 0 (`F.relu`) */
  relu(): Tensor {
    return activation.relu(tensorOf(this))
  }
  /** x if x > 0, else slope · x (`F.leaky_relu`) */
  leakyRelu(slope = 0.01): Tensor {
    return activation.leakyRelu(tensorOf(this), slope)
  }
  /** x if x > 0, else α(eˣ − 1) (Clevert et al., 2016; `F.elu`) */
  elu(alpha = 1): Tensor {
    return activation.elu(tensorOf(this), alpha)
  }
  /**
   * x·Φ(x) (Hendrycks & Gimpel, 2016); 'tanh' is GPT-2's ½x(1 + tanh(√(2/π)(x + 0.044715x³))).
   *
   * @throws ArgumentError for another approximation
   */
  gelu(approximate: 'none' | 'tanh' = 'none'): Tensor {
    return activation.gelu(tensorOf(this), approximate)
  }
  /** x / (1 + e⁻ˣ) (Elfwing et al., 2018; `F.silu`) */
  silu(): Tensor {
    return activation.silu(tensorOf(this))
  }
  /** log(1 + eˣ), which does not overflow (`F.softplus`) */
  softplus(): Tensor {
    return activation.softplus(tensorOf(this))
  }
  /**
   * eˣ / Σ eˣ over an axis, which does not overflow, in the shape of x.
   *
   * @throws ArgumentError for an axis that is not there
   */
  softmax(axis = -1): Tensor {
    return activation.softmax(tensorOf(this), axis)
  }
  /**
   * x − log Σ eˣ over an axis, which does not overflow, in the shape of x (`log_softmax`).
   *
   * @throws ArgumentError for an axis that is not there
   */
  logSoftmax(axis = -1): Tensor {
    return activation.logSoftmax(tensorOf(this), axis)
  }
}
