import { ShapeError, Tensor, zeros } from '@wids/tensor'
import { customGradientOf, type GradientRule, type Node, type Primitive } from '@wids/tensor/graph'
import { borrowing } from './borrow.ts'
import { pathsBetween } from './paths.ts'
import { slopeAt } from './rules/index.ts'
import type { Inputs } from './rules/rule.ts'
import { sumOf } from './sum.ts'

type Borrow = (node: Node) => Tensor

/**
 * Vector–Jacobian product: the gradients of Σ output · seed with respect to tensors, by the chain rule against the order
 * of computation (Linnainmaa, 1970). Zeros for what the output does not depend on.
 */
export function backward(output: Tensor, seed: Tensor, wrt: readonly Tensor[]): Tensor[] {
  const paths = pathsBetween(output.node, new Set(wrt.map(tensor => tensor.node)))
  const parts = new Map<Node, Tensor[]>([[output.node, [seed]]])
  const gradients = new Map<Node, Tensor>()
  borrowing(borrow => {
    for (const node of [...paths].reverse()) {
      const own = parts.get(node)
      if (own === undefined) continue
      const gradient = sumOf(own, borrow)
      gradients.set(node, gradient)
      for (const [input, part] of partsOf(node, gradient, borrow, paths))
        if (parts.get(input)?.push(part) === undefined) parts.set(input, [part])
    }
  })
  return wrt.map(({ node }) => {
    const gradient = gradients.get(node)
    return gradient === undefined ? zeros(node.shape, node.dtype) : new Tensor(gradient.node)
  })
}

/** What one node passes on of its gradient, for each input on a path. */
function partsOf(node: Node, gradient: Tensor, borrow: Borrow, paths: ReadonlySet<Node>): (readonly [Node, Tensor])[] {
  const custom = customGradientOf(node)
  if (custom !== undefined) return partsOfCustom(custom, gradient, borrow(node), paths)
  const inputs = node.inputs.map(borrow) as unknown as Inputs<Primitive>
  return node.inputs.flatMap((input, i) => {
    const slope = slopeAt(node, i)
    return slope !== undefined && paths.has(input)
      ? [[input, slope(gradient, inputs, borrow(node), node.attributes, i)]]
      : []
  })
}

function partsOfCustom(
  { inputs, rule }: { readonly inputs: readonly Node[]; readonly rule: GradientRule },
  gradient: Tensor,
  output: Tensor,
  paths: ReadonlySet<Node>,
): (readonly [Node, Tensor])[] {
  const parts = rule(gradient, output)
  return inputs.flatMap((input, i) => {
    const part = parts[i]
    if (part === undefined || !paths.has(input)) return []
    if (String(part.shape) !== String(input.shape))
      throw new ShapeError(
        'customGradient',
        `input ${i} is [${input.shape.join(', ')}], but its gradient is [${part.shape.join(', ')}]`,
        [input.shape, part.shape],
      )
    return [[input, part.to(input.dtype)]]
  })
}
