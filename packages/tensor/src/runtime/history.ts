import { isFloat } from '../dtype.ts'
import { type Node, topological } from '../graph/node.ts'

/** Reads that build on each other's results keep their graph this many reads back. */
const keptGenerations = 8

/** The inputs of a node whose history was released. */
const gone: readonly Node[] = []

/** Whether a node once had a history that is gone. */
export const isReleased = (node: Node): boolean => node.inputs === gone

/** Turns a realized node into a source; `grad` through it is an error from then on. */
function releaseHistory(node: Node): void {
  if (node.inputs.length === 0) return
  node.inputs = gone
  node.gradient = undefined
}

/** Forgets how a node's distant realized ancestors were computed, so that `state = f(state)` runs in flat memory. */
function boundHistory(node: Node): void {
  const ancestors = topological([node], n => n !== node && n.storage !== undefined)
  const realized = ancestors.filter(n => n !== node && n.storage !== undefined && n.inputs.length > 0)
  node.generation = 1 + Math.max(0, ...realized.map(n => n.generation))
  if (node.generation <= keptGenerations) return
  node.generation = 1
  for (const ancestor of realized) releaseHistory(ancestor)
}

/** Bounds the history of nodes that a program computed, in which the `replaced` values got their successors. */
export function boundHistories(computed: readonly Node[], replaced: readonly Node[]): void {
  const nodes = computed.filter(node => node.inputs.length > 0)
  if (nodes.length === 0) return
  const own = new Set(nodes)
  const order = topological(nodes, node => node.storage !== undefined && !own.has(node))
  // The values that gradients of these results would need are replaced, so they are final.
  const final = new Set(replaced.filter(node => isFloat(node.dtype)))
  for (const node of order) if (node.inputs.some(input => final.has(input))) final.add(node)
  for (const node of nodes) (final.has(node) ? releaseHistory : boundHistory)(node)
}
