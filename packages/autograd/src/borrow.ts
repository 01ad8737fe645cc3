import { Tensor } from '@wids/tensor'
import type { Node } from '@wids/tensor/graph'

/**
 * Runs `body` with tensors for nodes that are not counted as handles once it returns: a value that only a gradient rule
 * has looked at can still be replaced in place.
 */
export function borrowing<Result>(body: (borrow: (node: Node) => Tensor) => Result): Result {
  const borrowed = new Map<Node, Tensor>()
  try {
    return body(node => {
      let tensor = borrowed.get(node)
      if (tensor === undefined) borrowed.set(node, (tensor = new Tensor(node)))
      return tensor
    })
  } finally {
    for (const node of borrowed.keys()) node.handles--
  }
}
