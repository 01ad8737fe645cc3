import { ArgumentError } from '@wids/tensor'

/** Options of {@link ReduceOnPlateau}. */
export interface PlateauOptions {
  /** Learning rate to start with. */
  readonly lr: number
  /** Whether the measure is to fall or to rise. Default 'min'. */
  readonly mode?: 'min' | 'max' | undefined
  /** What the learning rate is multiplied by. Default 0.1. */
  readonly factor?: number | undefined
  /** Measures in a row that may be no better. Default 10. */
  readonly patience?: number | undefined
  /** How much better a measure must be to count. Default 1e-4. */
  readonly threshold?: number | undefined
  /** Whether the threshold is a part of the best measure or a difference. Default 'relative'. */
  readonly thresholdMode?: 'relative' | 'absolute' | undefined
  /** Measures after a reduction that do not count. Default 0. */
  readonly cooldown?: number | undefined
  /** Lowest learning rate. Default 0. */
  readonly least?: number | undefined
  /** Smaller changes are left out. Default 1e-8. */
  readonly eps?: number | undefined
}

/** All that a plateau schedule remembers, as JSON; without measures so far, best is null. */
export type PlateauState = {
  /** Learning rate now. */
  readonly lr: number
  /** Best measure so far. */
  readonly best: number | null
  /** Measures in a row that were no better. */
  readonly bad: number
  /** Measures that are still not to count. */
  readonly cooldown: number
}

/**
 * Reduces the learning rate when a measure has stopped getting better (`torch.optim.lr_scheduler.ReduceLROnPlateau`).
 *
 * @example
 * const plateau = new ReduceOnPlateau({ lr: 1e-3, patience: 3 })
 * optimizer.setLearningRate(plateau.step(validationLoss))   // after each epoch
 */
export class ReduceOnPlateau {
  readonly #options: Required<{ [Key in keyof PlateauOptions]: Exclude<PlateauOptions[Key], undefined> }>
  #state: PlateauState

  /** @throws ArgumentError unless factor < 1 */
  constructor(options: PlateauOptions) {
    const { lr, mode = 'min', factor = 0.1, patience = 10, threshold = 1e-4, thresholdMode = 'relative' } = options
    const { cooldown = 0, least = 0, eps = 1e-8 } = options
    if (!(factor < 1)) throw new ArgumentError('ReduceOnPlateau', `factor is below 1, got ${factor}`)
    this.#options = { lr, mode, factor, patience, threshold, thresholdMode, cooldown, least, eps }
    this.#state = { lr, best: null, bad: 0, cooldown: 0 }
  }

  /** The learning rate now. */
  get lr(): number {
    return this.#state.lr
  }

  /** For a checkpoint. */
  stateDict(): PlateauState {
    return this.#state
  }

  /**
   * Goes on from a state.
   *
   * @throws ArgumentError unless it is one
   */
  loadStateDict({ lr, best, bad, cooldown }: PlateauState): void {
    const state = { lr, best, bad, cooldown }
    if (![lr, bad, cooldown, best ?? 0].every(Number.isFinite))
      throw new ArgumentError('ReduceOnPlateau', `${JSON.stringify(state)} is not the state of a plateau`)
    this.#state = state
  }

  /** Takes in a measure; returns the learning rate from now on. */
  step(measure: number): number {
    const { patience, cooldown } = this.#options
    const before = this.#state
    const better = this.#isBetter(measure, before.best)
    const cooling = before.cooldown > 0
    const bad = better || cooling ? 0 : before.bad + 1
    const best = better ? measure : before.best
    this.#state =
      bad > patience
        ? { lr: this.#reduced(before.lr), best, bad: 0, cooldown }
        : { lr: before.lr, best, bad, cooldown: cooling ? before.cooldown - 1 : 0 }
    return this.#state.lr
  }

  #reduced(lr: number): number {
    const { factor, least, eps } = this.#options
    const next = Math.max(lr * factor, least)
    return lr - next > eps ? next : lr
  }

  #isBetter(measure: number, best: number | null): boolean {
    const { mode, threshold, thresholdMode } = this.#options
    const sign = mode === 'min' ? -1 : 1
    if (best === null) return !Number.isNaN(measure) && measure !== -sign * Infinity
    const limit = thresholdMode === 'relative' ? best * (1 + sign * threshold) : best + sign * threshold
    return mode === 'min' ? measure < limit : measure > limit
  }
}
