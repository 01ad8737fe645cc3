import { crossEntropy } from '@wids/nn'
import { compile, type Tensor, tensor } from '@wids/tensor'
import type { GPT } from '@wids/transformer'

/** Windows that are read at once. */
const batch = 64

/**
 * The mean loss in nats of every token of a text but the first, given those before it in windows that do not overlap.
 *
 * @param tokens at least two
 * @example
 * await evaluate(model, heldOut)   // 1.85
 */
export async function evaluate(model: GPT, tokens: Int32Array): Promise<number> {
  const { context } = model.config
  const predicted = tokens.length - 1
  const windows = Math.floor(predicted / context)
  const mode = model.training
  model.eval()
  const sumOf = compile((rows: Tensor) => totalLoss(model, rows))
  let total = 0
  for (let first = 0; first < windows; first += batch)
    total += await sumOf(rowsOf(tokens, first * context, Math.min(batch, windows - first), context)).item()
  const rest = predicted - windows * context
  if (rest > 0) total += await sumOf(rowsOf(tokens, windows * context, 1, rest)).item()
  model.train(mode)
  return total / predicted
}

/** Σ −ln p(token) over all rows: [rows, time + 1] → [] */
function totalLoss(model: GPT, rows: Tensor): Tensor {
  const time = rows.shape[1]! - 1
  const logits = model.forward(rows.narrow(1, 0, time)) // [rows, time, vocabSize]
  return crossEntropy(logits.flatten(0, 1), rows.narrow(1, 1, time).flatten(), { reduction: 'sum' })
}

/** i32 [count, time + 1]: each row ends with the token that the next one begins with. */
function rowsOf(tokens: Int32Array, start: number, count: number, time: number): Tensor {
  const rows = new Int32Array(count * (time + 1))
  for (let row = 0; row < count; row++)
    rows.set(tokens.subarray(start + row * time, start + (row + 1) * time + 1), row * (time + 1))
  return tensor(rows, { shape: [count, time + 1] })
}
