import type { Node } from '../graph/node.ts'
import type { Handle } from '../handle.ts'

const companions = new WeakMap<Node, WeakRef<Handle>>()

/**
 * Whenever a program computes `node`, it also computes `tensor`, if that is still held and not yet computed: the loss
 * beside its gradients, the state of a random generator beside its numbers.
 */
export const computeAlong = (node: Node, tensor: Handle): void => void companions.set(node, new WeakRef(tensor))

export function companionsOf(nodes: readonly Node[]): Set<Handle> {
  const found = new Set<Handle>()
  for (const node of nodes) {
    const tensor = companions.get(node)?.deref()
    if (tensor !== undefined) found.add(tensor)
  }
  return found
}
