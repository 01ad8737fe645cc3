import { ArgumentError, type Tensor, where, zeros } from '@wids/tensor'
import { isTracing, start } from '@wids/tensor/graph'
import { type Loaded, loadTensors } from '../module/loadTensors.ts'
import type { Module } from '../module/module.ts'

/**
 * Exponential moving average of a model's weights: a ← βa + (1 − β)w, which starts as w (Polyak & Juditsky, 1992;
 * `torch.optim.swa_utils.AveragedModel` with `get_ema_multi_avg_fn`).
 *
 * @example
 * const average = new WeightAverage(model, { decay: 0.999 })
 * // after each optimizer step: average.update()
 * const evaluated = new Mlp()
 * evaluated.loadStateDict({ ...model.stateDict(), ...average.weights() })
 */
export class WeightAverage {
  /** Share of the average that stays at each update, β. Default 0.999. */
  readonly decay: number
  /** i32 [], updates so far. */
  readonly updates: Tensor
  readonly #pairs: readonly { readonly name: string; readonly weight: Tensor; readonly average: Tensor }[]

  /** @throws ArgumentError unless 0 ≤ decay ≤ 1 */
  constructor(model: Module, { decay = 0.999 }: { readonly decay?: number } = {}) {
    if (!(decay >= 0 && decay <= 1))
      throw new ArgumentError('WeightAverage', `decay lies between 0 and 1, got ${decay}`)
    this.decay = decay
    this.updates = zeros([], 'i32')
    this.#pairs = model.namedParameters().map(([name, weight]) => ({ name, weight, average: weight.detach() }))
  }

  /** Takes the weights into the average; the first time, they are the average. May be part of a compiled step. */
  update(): void {
    const first = this.updates.eq(0)
    for (const { weight, average } of this.#pairs) {
      const next = average.add(
        weight
          .detach()
          .sub(average)
          .mul(1 - this.decay),
      )
      average.assign(where(first, weight.detach(), next).to(average.dtype))
    }
    this.updates.assign(this.updates.add(1))
    if (!isTracing()) start([this.updates, ...this.#pairs.map(pair => pair.average)])
  }

  /** The averages under the names of the parameters: the tensors themselves. */
  weights(): Record<string, Tensor> {
    return Object.fromEntries(this.#pairs.map(({ name, average }) => [name, average]))
  }

  /** For a checkpoint: the averages and the number of updates. */
  stateDict(): Record<string, Tensor> {
    return { ...this.weights(), updates: this.updates }
  }

  /** @throws ArgumentError that lists what is missing, unexpected or of another shape */
  loadStateDict(state: Readonly<Record<string, Tensor>>): Loaded {
    return loadTensors('WeightAverage', this.stateDict(), state, true)
  }
}
