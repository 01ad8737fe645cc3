import { isFloat } from '../dtype.ts'
import { isSource } from '../graph/linearize.ts'
import type { Node } from '../graph/node.ts'

/** What may become of the values that a program's assignments replace; nothing of none. */
export interface Replaced {
  /** Whether one tensor alone means it, and all that was built on it is computed in this program. */
  readonly isSpare: (node: Node | undefined) => boolean
  /** Whether, moreover, nothing that a tensor may still mean will be computed from it again. */
  readonly isOver: (node: Node | undefined) => boolean
}

/** @param order all that `outputs` need, inputs before users */
export function replacedIn(order: readonly Node[], outputs: ReadonlySet<Node>): Replaced {
  const uses = new Int32Array(order.length)
  const needed = new Uint8Array(order.length)
  for (let at = 0; at < order.length; at++) order[at]!.position = at
  for (let at = order.length - 1; at >= 0; at--) {
    const node = order[at]!
    if (isSource(node)) continue
    const needsInputs = !outputs.has(node) && (needed[at] === 1 || node.handles > 0)
    for (const { position } of node.inputs) {
      uses[position]!++
      if (needsInputs) needed[position] = 1
    }
  }
  const isIn = (node: Node): boolean => order[node.position] === node
  // States of generators stay for as long as numbers drawn from them may still be computed: they are small.
  const isSpare = (node: Node | undefined): boolean =>
    node?.storage !== undefined &&
    isFloat(node.dtype) &&
    node.handles === 1 &&
    node.uses === (isIn(node) ? uses[node.position] : 0)
  return {
    isSpare,
    isOver: node => node?.storage?.reading === 0 && isIn(node) && needed[node.position] === 0 && isSpare(node),
  }
}
