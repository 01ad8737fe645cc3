import type { Tensor } from '@wids/tensor'
import { elman } from './cells.ts'
import { Recurrent, type RecurrentOptions, type SequenceOptions } from './recurrent.ts'

/** Options of {@link RNN}. */
export interface RNNOptions extends RecurrentOptions {
  /** What the sum goes through. Default 'tanh'. */
  readonly nonlinearity?: 'tanh' | 'relu' | undefined
}

/**
 * Recurrent layers h' = tanh(W x + b + U h + d) (Elman, 1990; `torch.nn.RNN`).
 *
 * @example
 * const [output, h] = new RNN(8, 16, { batchFirst: true }).forward(randn([4, 10, 8]))
 * output.shape   // [4, 10, 16]
 * h.shape        // [1, 4, 16]
 */
export class RNN extends Recurrent {
  /** @throws ArgumentError unless sizes are positive integers */
  constructor(inputSize: number, hiddenSize: number, { nonlinearity = 'tanh', ...options }: RNNOptions = {}) {
    super({ rule: elman(nonlinearity), gates: 1, parts: 1 }, inputSize, hiddenSize, options)
  }

  /**
   * @param x [time, batch, in], with `batchFirst` [batch, time, in], or one sequence [time, in]
   * @param h [layers · directions, batch, hidden] the state to start with, by default zeros
   * @returns output [time, batch, directions · hidden] in the layout of x, and the last state
   * @throws ShapeError unless they fit
   */
  forward(x: Tensor, h?: Tensor, options: SequenceOptions = {}): [output: Tensor, h: Tensor] {
    const { output, state } = this.run(x, h === undefined ? undefined : [h], options)
    return [output, state[0]!]
  }
}
