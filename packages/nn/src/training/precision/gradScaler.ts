import { ArgumentError, type Tensor, tensor, where, zeros } from '@wids/tensor'
import { type Loaded, loadTensors } from '../../module/loadTensors.ts'

/** Options of `GradScaler`. */
export interface GradScalerOptions {
  /** What losses are multiplied by at first. Default 65536. */
  readonly initScale?: number | undefined
  /** What the scale is multiplied by after enough good steps. Default 2. */
  readonly growthFactor?: number | undefined
  /** What it is multiplied by after an overflow. Default 0.5. */
  readonly backoffFactor?: number | undefined
  /** Good steps in a row until it grows. Default 2000. */
  readonly growthInterval?: number | undefined
}

/**
 * Keeps gradients that pass through f16 out of the range where they vanish, by a factor on the loss that halves when they
 * overflow and doubles after many steps without (Micikevicius et al., 2018; `torch.amp.GradScaler`). Its state are
 * tensors, so a compiled step needs no read.
 *
 * @example
 * const scaler = new GradScaler()
 * const gradients = scaler.unscale(grad(scaler.scale(loss), parameters))
 * const finite = gradNorm(gradients).isFinite()
 * keepUnless(finite, [...parameters, ...Object.values(optimizer.stateDict())], () => optimizer.step(gradients))
 * scaler.update(finite)
 */
export class GradScaler {
  /** f32 [], what losses are multiplied by. */
  readonly factor: Tensor
  /** i32 [], good steps since the factor changed. */
  readonly growthTracker: Tensor
  readonly #options: { readonly growthFactor: number; readonly backoffFactor: number; readonly growthInterval: number }

  /** @throws ArgumentError unless 0 < backoff < 1 < growth and the scale and interval are positive */
  constructor(options: GradScalerOptions = {}) {
    const { initScale = 65536, growthFactor = 2, backoffFactor = 0.5, growthInterval = 2000 } = options
    if (!(growthFactor > 1 && backoffFactor > 0 && backoffFactor < 1 && initScale > 0 && growthInterval >= 1))
      throw new ArgumentError(
        'GradScaler',
        `the scale grows by more than 1, falls by less than 1 and is positive, got ${JSON.stringify({ initScale, growthFactor, backoffFactor, growthInterval })}`,
      )
    this.#options = { growthFactor, backoffFactor, growthInterval }
    this.factor = tensor(initScale)
    this.growthTracker = zeros([], 'i32')
  }

  /** loss · factor */
  scale(loss: Tensor): Tensor {
    return loss.mul(this.factor)
  }

  /** gradients / factor */
  unscale(gradients: readonly Tensor[]): Tensor[] {
    const inverse = this.factor.reciprocal()
    return gradients.map(gradient => gradient.mul(inverse).to(gradient.dtype))
  }

  /** Ends a step: the factor falls unless its gradients were finite (bool []), and grows when it is time. */
  update(finite: Tensor): void {
    const { growthFactor, backoffFactor, growthInterval } = this.#options
    const { factor } = this
    const good = this.growthTracker.add(1)
    const due = good.ge(growthInterval)
    const grown = factor.mul(growthFactor)
    const next = where(due.and(grown.isFinite()), grown, factor)
    this.factor.assign(where(finite, next, factor.mul(backoffFactor)))
    this.growthTracker.assign(where(finite.and(due.logicalNot()), good, 0).to('i32'))
  }

  /** For a checkpoint: the tensors themselves. */
  stateDict(): Record<string, Tensor> {
    return { scale: this.factor, growth_tracker: this.growthTracker }
  }

  /** @throws ArgumentError that lists what is missing, unexpected or of another shape */
  loadStateDict(state: Readonly<Record<string, Tensor>>): Loaded {
    return loadTensors('GradScaler', this.stateDict(), state, true)
  }
}
