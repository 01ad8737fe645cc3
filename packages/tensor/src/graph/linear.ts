import type { DType } from '../dtype.ts'
import type { Shape } from '../shape.ts'
import type { Attributes, Primitive } from './primitives.ts'

/** A node of a linear graph; inputs are positions in `Graph.nodes`, always smaller than its own. */
export interface LinearNode<Op extends Primitive = Primitive> {
  readonly op: Op
  readonly attributes: Attributes[Op]
  readonly inputs: readonly number[]
  readonly shape: Shape
  readonly dtype: DType
}

/** A graph as backends receive it: topological order, no two equal nodes, only nodes that an output needs. */
export interface Graph {
  readonly nodes: readonly LinearNode[]
  /** Positions of the `buffer` nodes, in the order in which a run passes their blocks. */
  readonly inputs: readonly number[]
  /** Positions of the results, in order; a result may be an input, and may appear twice. */
  readonly outputs: readonly number[]
  /** For every output, the index in `inputs` of the buffer that it replaces (`assign`), or undefined. */
  readonly replaces: readonly (number | undefined)[]
}

export const isLinear = <Op extends Primitive>(node: LinearNode, op: Op): node is LinearNode<Op> => node.op === op

/** Attributes as text, equal only for equal ones: unlike JSON it tells −0 from 0, and NaN from infinities. */
export function textOf(attributes: Readonly<Record<string, unknown>>): string {
  let text = ''
  for (const name in attributes) {
    const value = attributes[name]
    text += `${name} ${Object.is(value, -0) ? '-0' : String(value)};`
  }
  return text
}
