import { type AttentionShape, attentionShape, optionsOf } from '../../graph/buildAttention.ts'
import type { ScoreAttributes } from '../../graph/primitives.ts'
import { sizeOf } from '../../shape.ts'
import type { Rules, Value } from './value.ts'

/** One head of one batch element: where its rows begin, for the query's heads and for those of key and value. */
interface Head {
  readonly sizes: AttentionShape
  readonly batch: number
  readonly head: number
  /** Rows before the head's own, of tensors with heads before rows. */
  readonly queryRow: number
  readonly keyRow: number
}

function eachHead(query: Value, key: Value, value: Value, visit: (head: Head) => void): void {
  const sizes = attentionShape(query.shape, key.shape, value.shape)
  const { heads, kvHeads, queries, keys } = sizes
  for (let batch = 0; batch < sizeOf(sizes.batch); batch++)
    for (let head = 0; head < heads; head++) {
      const shared = Math.floor(head / (heads / kvHeads))
      visit({
        sizes,
        batch,
        head,
        queryRow: (batch * heads + head) * queries,
        keyRow: (batch * kvHeads + shared) * keys,
      })
    }
}

const dot = (a: Float64Array, aRow: number, b: Float64Array, bRow: number, n: number): number => {
  let sum = 0
  for (let i = 0; i < n; i++) sum += a[aRow * n + i]! * b[bRow * n + i]!
  return sum
}

/** Row i of scale · Q Kᵀ + bias, −∞ where hidden. */
function scoresOf(
  { sizes: { keys, channels }, queryRow, keyRow }: Head,
  i: number,
  { scale, causal }: ScoreAttributes,
  query: Value,
  key: Value,
  bias: Value | undefined,
  offset = 0,
): Float64Array {
  return Float64Array.from({ length: keys }, (_, j) => {
    if (causal && j > i + offset) return -Infinity
    const added = bias === undefined ? 0 : bias.numbers[(queryRow + i) * keys + j]!
    return scale * dot(query.numbers, queryRow + i, key.numbers, keyRow + j, channels) + added
  })
}

function logSumExp(scores: Float64Array): number {
  const most = scores.reduce((a, b) => Math.max(a, b), -Infinity)
  if (most === -Infinity) return Infinity
  return most + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - most), 0))
}

/** to[toRow] += by · from[fromRow] */
const addRow = (to: Float64Array, toRow: number, by: number, from: Value, fromRow: number): void => {
  const n = from.shape.at(-1)!
  if (by !== 0) for (let i = 0; i < n; i++) to[toRow * n + i]! += by * from.numbers[fromRow * n + i]!
}

/** Where row i of a head lies in a result whose heads stand behind its rows. */
const queryResult = ({ sizes: { queries, heads }, batch, head }: Head, i: number): number =>
  (batch * queries + i) * heads + head
const keyResult = ({ sizes: { keys, kvHeads, heads }, batch, head }: Head, j: number): number =>
  (batch * keys + j) * kvHeads + Math.floor(head / (heads / kvHeads))

export const attentionRules: Rules<'attention' | 'attentionGradient'> = {
  attention({ attributes, shape }, ...inputs) {
    const [query, key, value] = inputs as [Value, Value, Value]
    const { bias, offset } = optionsOf(inputs, attributes)
    const before = Math.max(0, offset?.numbers[0] ?? 0)
    const out = new Float64Array(sizeOf(shape))
    eachHead(query, key, value, head => {
      for (let i = 0; i < head.sizes.queries; i++) {
        const scores = scoresOf(head, i, attributes, query, key, bias, before)
        const sum = logSumExp(scores)
        if (attributes.part === 'logSumExp') out[head.queryRow + i] = sum
        else
          scores.forEach((score, j) => addRow(out, queryResult(head, i), Math.exp(score - sum), value, head.keyRow + j))
      }
    })
    return out
  },
  attentionGradient({ attributes, shape }, query, key, value, gradient, offset, delta, bias) {
    const { scale, part } = attributes
    const out = new Float64Array(sizeOf(shape))
    eachHead(query, key, value, head => {
      const { sizes, queryRow, keyRow } = head
      for (let i = 0; i < sizes.queries; i++)
        scoresOf(head, i, attributes, query, key, bias).forEach((score, j) => {
          // P = exp(S − L), dS = P ∘ (G Vᵀ − D)
          const p = Math.exp(score - offset.numbers[queryRow + i]!)
          if (part === 'value') return addRow(out, keyResult(head, j), p, gradient, queryRow + i)
          if (p === 0) return
          const dp = dot(gradient.numbers, queryRow + i, value.numbers, keyRow + j, sizes.values)
          const ds = scale * p * (dp - delta.numbers[queryRow + i]!)
          if (part === 'query') addRow(out, queryResult(head, i), ds, key, keyRow + j)
          else addRow(out, keyResult(head, j), ds, query, queryRow + i)
        })
    })
    return out
  },
}
