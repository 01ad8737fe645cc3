import { Tensor } from '../tensor.ts'
import * as build from './build.ts'
import type { Node } from './node.ts'

/** Gradients of the inputs from the gradient of the output; `undefined` for none. */
export type GradientRule = (gradient: Tensor, output: Tensor) => readonly (Tensor | undefined)[]

const rules = new WeakMap<Node, { readonly inputs: readonly Node[]; readonly rule: GradientRule }>()

/** The output with a gradient rule of its own instead of the one of its graph. */
export function customGradient(inputs: readonly Tensor[], output: Tensor, rule: GradientRule): Tensor {
  const node = build.unary('detach', output.node)
  rules.set(node, { inputs: inputs.map(t => t.node), rule })
  return new Tensor(node)
}

/** The rule that was given to a node, and the nodes whose gradients it returns. */
export const customGradientOf = (node: Node): { readonly inputs: readonly Node[]; readonly rule: GradientRule } | undefined => rules.get(node)
