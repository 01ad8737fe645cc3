import { checkTensors } from '../checkTensors.ts'
import { promote } from '../dtype.ts'
import { ArgumentError, ShapeError } from '../errors.ts'
import * as build from '../graph/buildAttention.ts'
import type { Node } from '../graph/node.ts'
import type { AttentionAttributes, ScoreAttributes } from '../graph/primitives.ts'
import { naming } from '../naming.ts'
import { broadcastShapes, type Shape, show } from '../shape.ts'
import { Tensor } from '../tensor.ts'
import { broadcast } from './elementwise.ts'

/** Options of {@link attention}. */
export interface AttentionOptions {
  /** Broadcasts to [..., heads, queries, keys] and is added to the scores; −∞ hides a key. */
  readonly bias?: Tensor | undefined
  /** Query i sees keys 0 … offset + i only. Default false. */
  readonly causal?: boolean | undefined
  /** How many keys stand before the first query in a causal order, i32 []: what a cache holds already. Default 0. */
  readonly offset?: Tensor | undefined
  /** Factor of the scores. Default 1/√channels. */
  readonly scale?: number | undefined
}

/**
 * softmax(scale · QKᵀ + bias) V in one pass that keeps no matrix of scores (Dao et al., 2022); 0 for a query all of whose
 * keys are hidden. `heads` is a multiple of `kvHeads`: that many heads of the query in a row share one of key and value
 * (Ainslie et al., 2023). Other leading axes broadcast; the axis of heads may be missing from all three.
 *
 * @param query [..., heads, queries, channels]
 * @param key [..., kvHeads, keys, channels]
 * @param value [..., kvHeads, keys, values]
 * @returns [..., heads, queries, values]
 * @throws ShapeError if shapes disagree, ArgumentError for an offset without a causal order
 * @example
 * const x = randn([2, 4, 10, 16])                 // [batch, heads, time, channels]
 * attention(x, x, x, { causal: true }).shape      // [2, 4, 10, 16]
 */
export const attention = (query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): Tensor =>
  naming('attention', () => checkedAttention(query, key, value, options))

function checkedAttention(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions): Tensor {
  checkTensors('attention', { query, key, value })
  const { bias, causal = false, offset, scale = 1 / Math.sqrt(query.shape.at(-1) ?? 1) } = options
  if (offset !== undefined && !causal) throw new ArgumentError('attention', 'an offset needs a causal order')
  const { batch, heads, kvHeads } = check([query, key, value], bias)
  const dtype = [query, key, value, ...(bias === undefined ? [] : [bias])].map(x => x.dtype).reduce(promote)
  const fit = (x: Tensor, tail: Shape): Node => broadcast(x.to(dtype).node, [...batch, ...tail])
  const [queries, keys] = [query.shape.at(-2)!, key.shape.at(-2)!]
  const inputs = [
    fit(query, [heads, ...query.shape.slice(-2)]),
    fit(key, [kvHeads, ...key.shape.slice(-2)]),
    fit(value, [kvHeads, ...value.shape.slice(-2)]),
    ...(bias === undefined ? [] : [fit(bias, [heads, queries, keys])]),
    ...(offset === undefined ? [] : [offset.node]),
  ]
  const shifted = offset !== undefined
  const output = headsFirst(new Tensor(build.attention(inputs, { scale, causal, shifted, part: 'output' })))
  return shapesOf(query, key, value, bias).some(shape => shape.length > 2) ? output : output.squeeze(-3)
}

const shapesOf = (...tensors: readonly (Tensor | undefined)[]): Shape[] =>
  tensors.flatMap(x => (x === undefined ? [] : [x.shape]))

/** Leading axes and heads to which the inputs broadcast. */
function check(
  inputs: readonly [query: Tensor, key: Tensor, value: Tensor],
  bias: Tensor | undefined,
): { batch: Shape; heads: number; kvHeads: number } {
  const [query, key, value] = inputs
  const shapes = shapesOf(...inputs, bias)
  const fail = (problem: string): never => {
    throw new ShapeError('attention', `${problem}, got ${shapes.map(show).join(', ')}`, shapes)
  }
  if (inputs.some(x => x.rank < 2)) fail('query, key and value need at least two axes')
  if (query.shape.at(-1) !== key.shape.at(-1) || query.shape.at(-1) === 0) fail('query and key differ in channels')
  if (key.shape.at(-2) !== value.shape.at(-2)) fail('key and value differ in number')
  const ofKeys = broadcastShapes('attention', [key.shape.slice(0, -2), value.shape.slice(0, -2)])
  const kvHeads = ofKeys.at(-1) ?? 1
  const [wanted = 1] = broadcastShapes(
    'attention',
    shapesOf(query, bias).map(shape => shape.slice(-3, -2)),
  )
  const heads = wanted === 1 ? kvHeads : wanted
  if (kvHeads === 0 || heads % kvHeads !== 0) fail(`${kvHeads} heads of key and value do not divide ${heads}`)
  const given = [query.shape.slice(0, -3), ofKeys.slice(0, -1), bias?.shape.slice(0, -3) ?? []]
  const batch = broadcastShapes('attention', given)
  return { batch, heads, kvHeads }
}

/** [..., rows, heads, columns] → [..., heads, rows, columns] */
const headsFirst = (x: Tensor): Tensor => x.transpose(-3, -2)

/** What `attention` leaves out: the inputs are those of its primitive, all broadcast; [..., heads, queries, 1]. */
export const attentionLogSumExp = (
  inputs: readonly Tensor[],
  { scale, causal, shifted }: AttentionAttributes,
): Tensor =>
  new Tensor(
    build.attention(
      inputs.map(x => x.node),
      { scale, causal, shifted, part: 'logSumExp' },
    ),
  )

/** A gradient of attention by its inputs, those of the primitive `attentionGradient`; shaped like the input. */
export const attentionGradient = (
  inputs: readonly Tensor[],
  { scale, causal }: ScoreAttributes,
  part: 'query' | 'key' | 'value',
): Tensor =>
  headsFirst(
    new Tensor(
      build.attentionGradient(
        inputs.map(x => x.node),
        { scale, causal, part },
      ),
    ),
  )
