import { type Node, topological } from '../graph/node.ts'
import type { Handle } from '../handle.ts'

/**
 * Whenever a program computes `node`, it also computes `tensor`, if that is still held and not yet computed: the loss
 * beside its gradients, the state of a random generator beside its numbers.
 */
export const computeAlong = (node: Node, tensor: Handle): void => void (node.companion = new WeakRef(tensor))

/** Adds, transitively, the tensors that should be computed when nodes of these graphs are; and all nodes of the graphs. */
export function withCompanions(given: readonly Handle[]): { tensors: readonly Handle[]; nodes: readonly Node[] } {
  const tensors = new Set(given)
  for (;;) {
    const nodes = topological(
      [...tensors].map(tensor => tensor.node),
      node => node.storage !== undefined,
    )
    const more = new Set<Handle>()
    for (const { companion } of nodes) {
      const tensor = companion?.deref()
      if (tensor !== undefined && tensor.node.storage === undefined && !tensors.has(tensor)) more.add(tensor)
    }
    for (const tensor of more) tensors.add(tensor)
    if ([...more].every(tensor => nodes.includes(tensor.node))) return { tensors: [...tensors], nodes }
  }
}
