import { stack, type Tensor, where } from '@wids/tensor'
import { affine, type Cell, type CellState, type CellWeights, projected } from './cells.ts'

/**
 * One layer in one direction over all times. Where a sequence has ended, its state stays and its output is 0, so that a
 * backward pass begins with each sequence's own end.
 *
 * @param x [time, batch, in]
 * @param start tensors [batch, hidden]
 * @param present bool [time, batch, 1], whether a sequence has not ended yet
 * @returns outputs [time, batch, out] and the state after the last time
 */
export function scan(
  cell: Cell,
  weights: CellWeights,
  x: Tensor,
  start: CellState,
  present: Tensor | undefined,
  backward: boolean,
): { readonly output: Tensor; readonly state: CellState } {
  const times = x.shape[0]!
  const inputs = affine(x, weights.inputs, weights.inputBias) // [time, batch, gates · hidden]
  const outputs = new Array<Tensor>(times)
  let state = start
  for (let step = 0; step < times; step++) {
    const t = backward ? times - 1 - step : step
    const made = cell(inputs.at(t), affine(state[0]!, weights.hidden, weights.hiddenBias), state)
    const next = projected(made, weights)
    const here = present?.at(t) // [batch, 1]
    state = here === undefined ? next : next.map((value, i) => where(here, value, state[i]!))
    outputs[t] = here === undefined ? next[0]! : where(here, next[0]!, 0)
  }
  return { output: stack(outputs), state }
}
