import { ArgumentError } from '../errors.ts'
import { keyOf } from './key.ts'
import { type Graph, type LinearNode, textOf } from './linear.ts'
import { type Node, topological } from './node.ts'

export interface Linearized {
  /** Made when it is first asked for: mostly, a program of this key is known. */
  readonly graph: () => Graph
  /** Equal only for graphs that compute the same from inputs of the same shapes and dtypes. */
  readonly key: string
  /** The realized node behind each graph input. */
  readonly inputs: readonly Node[]
  /** For every output, which of these it replaces. */
  readonly replaces: readonly (number | undefined)[]
}

export const isSource = (node: Node): boolean => node.storage !== undefined || node.op === 'buffer'

/**
 * Brings what `outputs` need into the order in which it was made; realized nodes become inputs. `replaces` names, for
 * each output, the realized node whose place it takes; `order` is all that outputs need, and what they replace.
 */
export function linearize(
  outputs: readonly Node[],
  replaces: readonly (Node | undefined)[],
  order: readonly Node[] = topological([...outputs, ...replaces.filter(node => node !== undefined)], isSource),
): Linearized {
  const inputs: Node[] = []
  const slots = new Map<Node | undefined, number>()
  order.forEach((node, i) => {
    node.position = i
    if (!isSource(node)) return
    if (node.storage?.gone !== undefined) throw new ArgumentError('realize', node.storage.gone)
    slots.set(node, inputs.push(node) - 1)
  })
  const positions = outputs.map(node => node.position)
  const key = keyOf(order, isSource, [positions, replaces.map(node => (node === undefined ? -1 : node.position))])
  const replacedSlots = replaces.map(node => slots.get(node))
  let graph: Graph | undefined
  return {
    key,
    inputs,
    replaces: replacedSlots,
    // Not a getter: V8 would make a hidden class for each, which keeps all nodes until a full collection.
    graph: () => (graph ??= graphOf(order, inputs, outputs, replacedSlots)),
  }
}

/** The nodes without repetitions: structurally equal ones become one (hash-consing). */
function graphOf(
  order: readonly Node[],
  inputs: readonly Node[],
  outputs: readonly Node[],
  replaces: readonly (number | undefined)[],
): Graph {
  const sources = new Set(inputs)
  const nodes: LinearNode[] = []
  const position = new Map<Node, number>()
  const known = new Map<string, number>()
  for (const node of order) {
    const { op, attributes, shape, dtype } = node
    if (sources.has(node)) {
      position.set(node, nodes.push({ op: 'buffer', attributes: {}, inputs: [], shape, dtype }) - 1)
      continue
    }
    const from = node.inputs.map(input => position.get(input)!)
    const line = `${op} ${op === 'constant' ? dtype : ''} ${from.join()} ${textOf(attributes)}`
    let at = known.get(line)
    if (at === undefined) known.set(line, (at = nodes.push({ op, attributes, inputs: from, shape, dtype }) - 1))
    position.set(node, at)
  }
  return {
    nodes,
    inputs: inputs.map(node => position.get(node)!),
    outputs: outputs.map(node => position.get(node)!),
    replaces,
  }
}
