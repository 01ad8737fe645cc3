import type { Tensor } from '@wids/tensor'
import { gated } from './cells.ts'
import { Recurrent, type RecurrentOptions, type SequenceOptions } from './recurrent.ts'

/**
 * Gated recurrent units (Cho et al., 2014; `torch.nn.GRU`): r, z = σ(W x + b + U h + d), n = tanh(W x + b + r · (U h + d)),
 * h' = (1 − z) · n + z · h. Rows of the weights are r, z, n.
 *
 * @example
 * const [output, h] = new GRU(8, 16, { bidirectional: true }).forward(randn([10, 4, 8]))
 * output.shape   // [10, 4, 32]
 */
export class GRU extends Recurrent {
  /** @throws ArgumentError unless sizes are positive integers */
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super({ rule: gated, gates: 3, parts: 1 }, inputSize, hiddenSize, options)
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
