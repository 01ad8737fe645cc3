import { ArgumentError, isFloat } from '@wids/tensor'
import { customGradientOf, isReleased, type Node } from '@wids/tensor/graph'
import { slopeAt } from './rules/index.ts'

/**
 * All nodes on the ways along which a gradient flows from `output` back to the targets, inputs before users.
 *
 * @throws ArgumentError where a way may end at a value whose history was released
 */
export function pathsBetween(output: Node, targets: ReadonlySet<Node>): Set<Node> {
  const paths = new Set<Node>()
  const oldest = Math.min(...[...targets].map(target => target.id))
  // A node's id is larger than those of its inputs, so this order has inputs before users.
  for (const [node, inputs] of reachable(output).sort(([a], [b]) => a.id - b.id)) {
    // What was computed before every target does not depend on one.
    if (isReleased(node) && !targets.has(node) && node.id > oldest) refuse()
    if (targets.has(node) || inputs.some(input => paths.has(input))) paths.add(node)
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

/** Everything from which a gradient can come, with where it then flows; without recursion, as graphs may be deep. */
function reachable(output: Node): (readonly [node: Node, inputs: readonly Node[]])[] {
  const found = new Set([output])
  const flows: (readonly [Node, readonly Node[]])[] = []
  for (const node of found) {
    const inputs = gradientInputs(node)
    flows.push([node, inputs])
    for (const input of inputs) found.add(input)
  }
  return flows
}

/** The inputs of a node to which its gradient flows. */
function gradientInputs(node: Node): readonly Node[] {
  if (node.inputs.length === 0) return []
  const custom = customGradientOf(node)
  if (custom !== undefined) return custom.inputs.filter(input => isFloat(input.dtype))
  return node.inputs.filter((input, i) => slopeAt(node, i) !== undefined && isFloat(input.dtype))
}
