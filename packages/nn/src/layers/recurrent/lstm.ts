import type { Tensor } from '@wids/tensor'
import { longShortTerm } from './cells.ts'
import { Recurrent, type RecurrentOptions, type SequenceOptions } from './recurrent.ts'

/** Hidden and cell state of an LSTM: [layers · directions, batch, out] and [layers · directions, batch, hidden]. */
export type LSTMState = readonly [h: Tensor, c: Tensor]

/** Options of {@link LSTM}. */
export interface LSTMOptions extends RecurrentOptions {
  /** Size of the outputs, `out`, which a matrix makes of the cells' (Sak et al., 2014). Default: hiddenSize. */
  readonly projSize?: number | undefined
}

/**
 * Long short-term memory (Hochreiter & Schmidhuber, 1997; `torch.nn.LSTM`): i, f, o = σ(W x + b + U h + d),
 * g = tanh(W x + b + U h + d), c' = f · c + i · g, h' = o · tanh(c'). Rows of the weights are i, f, g, o.
 *
 * @example
 * const lstm = new LSTM(8, 16, { numLayers: 2 })
 * const [output, state] = lstm.forward(randn([10, 4, 8]), undefined, { lengths: [10, 7, 5, 1] })
 * const [more] = lstm.forward(randn([3, 4, 8]), state)
 */
export class LSTM extends Recurrent {
  /** @throws ArgumentError unless sizes are positive integers, and projSize is below hiddenSize */
  constructor(inputSize: number, hiddenSize: number, options: LSTMOptions = {}) {
    super({ rule: longShortTerm, gates: 4, parts: 2 }, inputSize, hiddenSize, options)
  }

  /**
   * @param x [time, batch, in], with `batchFirst` [batch, time, in], or one sequence [time, in]
   * @param state [h, c] to start with, by default zeros
   * @returns output [time, batch, directions · out] in the layout of x, and the last state
   * @throws ShapeError unless they fit
   */
  forward(x: Tensor, state?: LSTMState, options: SequenceOptions = {}): [output: Tensor, state: LSTMState] {
    const result = this.run(x, state, options)
    return [result.output, [result.state[0]!, result.state[1]!]]
  }
}
