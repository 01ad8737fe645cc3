import type { Graph, LinearNode } from '../../graph/linear.ts'
import type { Primitive } from '../../graph/primitives.ts'
import { attentionRules } from './attention.ts'
import { castRules } from './casts.ts'
import { binaryRules, unaryRules, where } from './elementwise.ts'
import { indexingRules } from './indexing.ts'
import { matmul } from './matmul.ts'
import { reductionRules } from './reductions.ts'
import { roundTo } from './rounding.ts'
import { sourceRules } from './sources.ts'
import type { Rules, Value } from './value.ts'
import { viewRules } from './views.ts'

/** What every primitive means. */
const rules: Rules<Primitive> = {
  ...sourceRules,
  ...unaryRules,
  ...binaryRules,
  ...castRules,
  ...reductionRules,
  ...viewRules,
  ...indexingRules,
  ...attentionRules,
  where,
  matmul,
}

const apply = <Op extends Primitive>(node: LinearNode<Op>, inputs: Value[]): Float64Array =>
  rules[node.op](node, ...inputs)

/** Computes every node of a graph, given the values of its buffers in the order of `graph.inputs`. */
export function evaluate(graph: Graph, buffers: readonly Float64Array[]): Value[] {
  const given = new Map(graph.inputs.map((position, slot) => [position, buffers[slot]!]))
  const values: Value[] = []
  graph.nodes.forEach((node, position) => {
    const { shape, dtype } = node
    const inputs = node.inputs.map(input => values[input]!)
    values.push({ shape, dtype, numbers: given.get(position) ?? apply(node, inputs).map(roundTo[dtype]) })
  })
  return values
}
