import { ArgumentError } from '../errors.ts'
import { type Graph, type LinearNode, textOf } from './linear.ts'
import { type Node, topological } from './node.ts'

export interface Linearized {
  readonly graph: Graph
  /** Equal for graphs that compute the same from inputs of the same shapes and dtypes. */
  readonly key: string
  /** The realized node behind each graph input. */
  readonly inputs: readonly Node[]
}

const isSource = (node: Node): boolean => node.storage !== undefined || node.op === 'buffer'

/**
 * Brings what `outputs` need into topological order; structurally equal nodes become one (hash-consing), realized
 * nodes become inputs. `replaces` names, for each output, the realized node whose place it takes.
 */
export function linearize(outputs: readonly Node[], replaces: readonly (Node | undefined)[]): Linearized {
  const nodes: LinearNode[] = []
  const lines: string[] = []
  const position = new Map<Node, number>()
  const known = new Map<string, number>()
  const inputs: Node[] = []
  const inputPositions: number[] = []

  const add = (node: LinearNode, line: string): number => {
    nodes.push(node)
    lines.push(line)
    return nodes.length - 1
  }
  const addInput = (node: Node): number => {
    if (node.storage?.gone !== undefined) throw new ArgumentError('realize', node.storage.gone)
    inputs.push(node)
    const at = add(
      { op: 'buffer', attributes: {}, inputs: [], shape: node.shape, dtype: node.dtype },
      `buffer ${node.dtype} ${node.shape.join()}`,
    )
    inputPositions.push(at)
    return at
  }
  for (const node of topological(outputs, isSource)) {
    if (isSource(node)) {
      position.set(node, addInput(node))
      continue
    }
    const from = node.inputs.map(input => position.get(input)!)
    const line = `${node.op} ${from.join()} ${attributesKey(node)}`
    let at = known.get(line)
    if (at === undefined) {
      at = add({ op: node.op, attributes: node.attributes, inputs: from, shape: node.shape, dtype: node.dtype }, line)
      known.set(line, at)
    }
    position.set(node, at)
  }
  const replaced = replaces.map(node => {
    if (node === undefined) return undefined
    if (!position.has(node)) position.set(node, addInput(node))
    return inputs.indexOf(node)
  })
  const results = outputs.map(node => position.get(node)!)
  const key = `${lines.join('\n')}\n=> ${results.join()} | ${replaced.join()}`
  return { graph: { nodes, inputs: inputPositions, outputs: results, replaces: replaced }, key, inputs }
}

/** What sets a node apart from others with the same inputs, as text: attributes and, of a constant, its dtype. */
const attributesKey = (node: Node): string => (node.op === 'constant' ? `${node.dtype} ` : '') + textOf(node.attributes)
