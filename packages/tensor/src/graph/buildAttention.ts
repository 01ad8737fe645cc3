import { DTypeError } from '../errors.ts'
import { type Shape, sameShape, show } from '../shape.ts'
import { makeNode, need } from './build.ts'
import type { Node } from './node.ts'
import type { Attributes } from './primitives.ts'

/** Sizes that attention's inputs agree on. */
export interface AttentionShape {
  readonly batch: Shape
  readonly heads: number
  readonly kvHeads: number
  readonly queries: number
  readonly keys: number
  readonly channels: number
  readonly values: number
}

/** @throws Error unless all have the rank that their primitive asks for */
export function attentionShape(query: Shape, key: Shape, value: Shape): AttentionShape {
  const [heads = 1, queries = 0, channels = 0] = query.slice(-3)
  const [kvHeads = 1, keys = 0] = key.slice(-3)
  return { batch: query.slice(0, -3), heads, kvHeads, queries, keys, channels, values: value.at(-1)! }
}

/** What may follow query, key and value: the bias, then the offset. */
export function optionsOf<Input>(
  inputs: readonly Input[],
  { shifted }: Pick<Attributes['attention'], 'shifted'>,
): { readonly bias: Input | undefined; readonly offset: Input | undefined } {
  const offset = shifted ? inputs.at(-1) : undefined
  return { bias: inputs.length > (shifted ? 4 : 3) ? inputs[3] : undefined, offset }
}

/** query, key, value, the bias if there is one, and the offset if they are shifted */
export function attention(inputs: readonly Node[], attributes: Attributes['attention']): Node {
  const { bias, offset } = optionsOf(inputs, attributes)
  const sizes = check('attention', inputs.slice(0, 3), bias)
  if (offset !== undefined)
    need(
      offset.shape.length === 0 && offset.dtype === 'i32',
      'attention',
      () => `the offset is i32 [], got ${offset.dtype} ${show(offset.shape)}`,
      offset,
    )
  const { batch, heads, queries, values } = sizes
  const shape = attributes.part === 'output' ? [...batch, queries, heads, values] : [...batch, heads, queries, 1]
  return makeNode('attention', inputs, attributes, shape, inputs[0]!.dtype)
}

/** query, key, value, gradient, logSumExp, delta, and the bias if there is one */
export function attentionGradient(inputs: readonly Node[], attributes: Attributes['attentionGradient']): Node {
  const { batch, heads, kvHeads, queries, keys, channels, values } = check(
    'attentionGradient',
    inputs.slice(0, 3),
    inputs[6],
  )
  const rows = [...batch, heads, queries]
  const [gradient, logSumExp, delta] = inputs.slice(3, 6) as [Node, Node, Node]
  need(
    sameShape(gradient.shape, [...rows, values]) &&
      sameShape(logSumExp.shape, [...rows, 1]) &&
      sameShape(delta.shape, [...rows, 1]),
    'attentionGradient',
    () => `gradient ${show(gradient.shape)}, logSumExp ${show(logSumExp.shape)} and delta ${show(delta.shape)} differ`,
    gradient,
    logSumExp,
    delta,
  )
  const shapes = {
    query: [...batch, queries, heads, channels],
    key: [...batch, keys, kvHeads, channels],
    value: [...batch, keys, kvHeads, values],
  }
  return makeNode('attentionGradient', inputs, attributes, shapes[attributes.part], inputs[0]!.dtype)
}

function check(operation: string, factors: readonly Node[], bias: Node | undefined): AttentionShape {
  const [query, key, value] = factors as [Node, Node, Node]
  const sizes = attentionShape(query.shape, key.shape, value.shape)
  const { batch, heads, kvHeads, queries, keys, channels, values } = sizes
  need(
    query.shape.length >= 3 &&
      channels > 0 &&
      values > 0 &&
      kvHeads > 0 &&
      heads % kvHeads === 0 &&
      sameShape(key.shape, [...batch, kvHeads, keys, channels]) &&
      sameShape(value.shape, [...batch, kvHeads, keys, values]),
    operation,
    () => `query ${show(query.shape)}, key ${show(key.shape)} and value ${show(value.shape)} do not fit`,
    ...factors,
  )
  need(
    bias === undefined || sameShape(bias.shape, [...batch, heads, queries, keys]),
    operation,
    () => `the bias is ${show(bias!.shape)}, not ${show([...batch, heads, queries, keys])}`,
    query,
    key,
  )
  for (const { dtype } of bias === undefined ? factors : [...factors, bias])
    if (dtype !== query.dtype) throw new DTypeError(operation, `dtypes differ, got ${query.dtype} and ${dtype}`)
  return sizes
}
