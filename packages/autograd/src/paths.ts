import { ArgumentError, isFloat } from '@wids/tensor'
import { customGradientOf, isReleased, type Node } from '@wids/tensor/graph'
import { slopesOf } from './rules/index.ts'

/**
 * All nodes on the ways along which a gradient flows from `output` back to the targets, inputs before users.
 *
 * @throws ArgumentError where a way may end at a value whose history was released
 */
export function pathsBetween(output: Node, targets: ReadonlySet<Node>): Set<Node> {
  const paths = new Set<Node>()
  const oldest = Math.min(...[...targets].map(target => target.id))
  // A node's id is larger than those of its inputs, so this order has inputs before users.
  for (const node of reachable(output).sort((a, b) => a.id - b.id)) {
    // What was computed before every target does not depend on one.
    if (isReleased(node) && !targets.has(node) && node.id > oldest) refuse()
    if (targets.has(node) || gradientInputs(node).some(input => paths.has(input))) paths.add(node)
  }
  return paths
}

function refuse(): never {
  throw new ArgumentError(
    'grad',
    'the value depends on a tensor whose history is gone: it was computed by an optimizer step, or many reads ago. ' +
      'Take gradients before the step, compute the value anew, or detach() the tensor if it is a constant',
  )
}

/** Everything from which a gradient can come, without recursion, as graphs may be deep. */
function reachable(output: Node): Node[] {
  const found = new Set([output])
  for (const node of found) for (const input of gradientInputs(node)) found.add(input)
  return [...found]
}

/** The inputs of a node to which its gradient flows. */
function gradientInputs(node: Node): readonly Node[] {
  if (node.inputs.length === 0) return []
  const slopes = slopesOf(node)
  const inputs = customGradientOf(node)?.inputs ?? node.inputs.filter((_, i) => slopes[i] !== undefined)
  return inputs.filter(input => isFloat(input.dtype))
}
