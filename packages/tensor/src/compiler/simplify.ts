import { dtypes } from '../dtype.ts'
import { type Graph, isLinear, type LinearNode } from '../graph/linear.ts'
import { isView, type Primitive } from '../graph/primitives.ts'

type Nodes = readonly LinearNode[]
/** The position of an equal, simpler node, or undefined. Inputs are simplified already. */
type Rule = (node: LinearNode, nodes: Nodes) => number | undefined

/** The number that every element of a node is, if it is one. */
export function constantOf(nodes: Nodes, position: number): number | undefined {
  const node = nodes[position]!
  if (isLinear(node, 'constant')) return node.attributes.value
  return isView(node.op) && node.op !== 'pad' ? constantOf(nodes, node.inputs[0]!) : undefined
}

const neutral = (value: number, sides: readonly number[]): Rule => (node, nodes) => {
  for (const side of sides) if (constantOf(nodes, node.inputs[side]!) === value) return node.inputs[1 - side]
  return undefined
}

const rules: Partial<Record<Primitive, Rule>> = {
  // The identity; gradients, which it stops, are taken by now.
  detach: node => node.inputs[0],
  // x · 1 = x, x / 1 = x
  mul: neutral(1, [0, 1]),
  div: neutral(1, [1]),
  // −(−x) = x
  neg: (node, nodes) => (nodes[node.inputs[0]!]!.op === 'neg' ? nodes[node.inputs[0]!]!.inputs[0] : undefined),
  // A conversion there and back through a type that holds every value of the first
  cast: (node, nodes) => {
    const inner = nodes[node.inputs[0]!]!
    if (inner.dtype === node.dtype) return node.inputs[0]
    if (inner.op !== 'cast' || dtypes[inner.dtype].kind !== 'float') return undefined
    const source = nodes[inner.inputs[0]!]!
    const holds = dtypes[source.dtype].kind === 'float' && (inner.dtype === 'f32' || inner.dtype === 'f64')
    return holds && source.dtype === node.dtype ? inner.inputs[0] : undefined
  },
  // Two permutations are one only together; the common case is that they undo each other.
  permute: (node, nodes) => {
    const inner = nodes[node.inputs[0]!]!
    if (!isLinear(node, 'permute') || !isLinear(inner, 'permute')) return undefined
    return node.attributes.axes.every((axis, i) => inner.attributes.axes[axis] === i) ? inner.inputs[0] : undefined
  },
}

/**
 * Equal graph without arithmetic that changes nothing. Every result gets a node of its own kind: one that is (a reshape
 * of) an input becomes a copy.
 */
export function simplify(graph: Graph): Graph {
  const nodes: LinearNode[] = []
  const moved: number[] = []
  const known = new Map<string, number>()
  for (const original of graph.nodes) {
    const node = { ...original, inputs: original.inputs.map(at => moved[at]!) }
    const same = rules[node.op]?.(node, nodes)
    if (same !== undefined) {
      moved.push(same)
      continue
    }
    const key = node.op === 'buffer' || node.op === 'constant' ? undefined : `${node.op} ${node.inputs.join()} ${JSON.stringify(node.attributes)}`
    const equal = key === undefined ? undefined : known.get(key)
    moved.push(equal ?? nodes.push(node) - 1)
    if (key !== undefined && equal === undefined) known.set(key, nodes.length - 1)
  }
  const outputs = graph.outputs.map(at => {
    const result = moved[at]!
    const { shape, dtype } = nodes[result]!
    return nodes[unreshaped(nodes, result)]!.op === 'buffer' ? nodes.push({ op: 'detach', attributes: {}, inputs: [result], shape, dtype }) - 1 : result
  })
  return { nodes, inputs: graph.inputs.map(at => moved[at]!), outputs, replaces: graph.replaces }
}

/** The node below reshapes: the same bytes in another shape. */
export function unreshaped(nodes: Nodes, position: number): number {
  const node = nodes[position]!
  return node.op === 'reshape' ? unreshaped(nodes, node.inputs[0]!) : position
}
