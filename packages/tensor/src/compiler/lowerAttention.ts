import { attentionShape, optionsOf } from '../graph/buildAttention.ts'
import type { Attributes } from '../graph/primitives.ts'
import { type Analysis, storedLayout } from './anchors.ts'
import { mapOf, type Touch } from './builder.ts'
import type { Cluster } from './clusters.ts'
import type { AttentionInput, AttentionSizes, Operand } from './kernel.ts'
import type { Destinations, Lowered } from './lowered.ts'

/** The operands of one kernel and the buffers that they are. */
interface Operands {
  readonly operands: Operand[]
  readonly touches: Touch[]
}

/** One kernel for all parts of attention, or of its gradient, that the cluster holds. */
export function lowerAttention(analysis: Analysis, cluster: Cluster, destinations: Destinations): Lowered {
  const { graph } = analysis
  const node = graph.nodes[cluster.anchors[0]!]!
  const into: Operands = { operands: [], touches: [] }
  const inputs = node.inputs.map(input => readInput(analysis, input, into))
  const [query, key, value] = inputs as [AttentionInput, AttentionInput, AttentionInput]
  const resultOf = (part: string): number | undefined => writePart(analysis, cluster, part, destinations, into)
  const common = { operands: into.operands, sizes: sizesOf(analysis, cluster), query, key, value }
  if (node.op === 'attention') {
    const results = { output: resultOf('output'), logSumExp: resultOf('logSumExp') }
    const options = optionsOf(inputs, node.attributes as Attributes['attention'])
    return { touches: into.touches, kernel: { kind: 'attention', ...common, ...options, results } }
  }
  const [gradient, logSumExp, delta] = inputs.slice(3, 6) as [AttentionInput, AttentionInput, AttentionInput]
  const results = { query: resultOf('query'), key: resultOf('key'), value: resultOf('value') }
  return {
    touches: into.touches,
    kernel: { kind: 'attentionGradient', ...common, gradient, logSumExp, delta, bias: inputs[6], results },
  }
}

function sizesOf({ graph }: Analysis, cluster: Cluster): AttentionSizes {
  const { inputs, attributes } = graph.nodes[cluster.anchors[0]!]!
  const [query, key, value] = inputs.map(input => graph.nodes[input]!.shape)
  const { scale, causal } = attributes as Attributes['attention']
  return { ...attentionShape(query!, key!, value!), scale, causal }
}

function readInput({ graph, paths, isAnchor }: Analysis, input: number, into: Operands): AttentionInput {
  const { layout, position } = storedLayout(graph, paths, isAnchor, input)
  const known = into.touches.findIndex(touch => 'read' in touch && touch.read === position)
  const operand = known >= 0 ? known : into.touches.push({ read: position }) - 1
  into.operands[operand] = { dtype: graph.nodes[position]!.dtype, written: false }
  return { operand, map: mapOf(layout) }
}

/** The operand of a part, if the cluster computes it for others to read. */
function writePart(
  { graph }: Analysis,
  cluster: Cluster,
  part: string,
  destinations: Destinations,
  into: Operands,
): number | undefined {
  const at = cluster.anchors.find(anchor => (graph.nodes[anchor]!.attributes as { part: string }).part === part)
  if (at === undefined || destinations(at) === 0) return undefined
  into.operands.push({ dtype: graph.nodes[at]!.dtype, written: true })
  return into.touches.push({ write: at, copy: 0 }) - 1
}
