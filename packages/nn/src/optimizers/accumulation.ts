import { ShapeError, type Tensor, zeros, zerosLike } from '@wids/tensor'
import { isTracing, start } from '@wids/tensor/graph'
import { type Loaded, loadTensors } from '../module/loadTensors.ts'

/**
 * Sums gradients of several small batches into that of a large one. Its state belongs into a checkpoint if that may be
 * made between two steps.
 *
 * @example
 * const sums = new GradientSum(model.parameters())
 * for (const [x, y] of batches) {
 *   sums.add(grad(crossEntropy(model.forward(x), y), model.parameters()))
 *   if (last) optimizer.step(sums.takeMean())
 * }
 */
export class GradientSum {
  /** i32 [], gradients added since the last `takeMean`. */
  readonly count: Tensor
  readonly #sums: readonly Tensor[]

  /** @param parameters tensors whose shapes the gradients have */
  constructor(parameters: readonly Tensor[]) {
    this.count = zeros([], 'i32')
    this.#sums = parameters.map(parameter => zerosLike(parameter))
  }

  /**
   * Adds the gradients of one batch. May be part of a compiled function.
   *
   * @throws ShapeError unless there is one of its shape for each parameter
   */
  add(gradients: readonly Tensor[]): void {
    const shapes = (tensors: readonly Tensor[]): string => tensors.map(({ shape }) => `[${shape.join(', ')}]`).join(' ')
    if (shapes(gradients) !== shapes(this.#sums))
      throw new ShapeError('GradientSum', `gradients are ${shapes(this.#sums)}, got ${shapes(gradients)}`)
    for (const [i, sum] of this.#sums.entries()) sum.assign(sum.add(gradients[i]!).to(sum.dtype))
    this.count.assign(this.count.add(1))
    if (!isTracing()) start([this.count, ...this.#sums])
  }

  /** The mean gradients, after which the sums are 0 again. */
  takeMean(): Tensor[] {
    const means = this.#sums.map(sum => sum.div(this.count))
    for (const sum of this.#sums) sum.assign(zerosLike(sum))
    this.count.assign(zerosLike(this.count))
    return means
  }

  /** 'count', 'sum.0', …: the tensors themselves. */
  stateDict(): Record<string, Tensor> {
    return { count: this.count, ...Object.fromEntries(this.#sums.map((sum, i) => [`sum.${i}`, sum])) }
  }

  /** @throws ArgumentError that lists what is missing, unexpected or of another shape */
  loadStateDict(state: Readonly<Record<string, Tensor>>): Loaded {
    return loadTensors('GradientSum', this.stateDict(), state, true)
  }
}
