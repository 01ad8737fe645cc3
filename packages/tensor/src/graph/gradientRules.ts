import type { Tensor } from '../tensor.ts'
import type { Node } from './node.ts'

/** Gradients of the inputs from the gradient of the output; `undefined` for none. */
export type GradientRule = (gradient: Tensor, output: Tensor) => readonly (Tensor | undefined)[]

/** A rule and the nodes whose gradients it returns. */
interface CustomGradient {
  readonly inputs: readonly Node[]
  readonly rule: GradientRule
}

const rules = new WeakMap<Node, CustomGradient>()

export const setGradient = (node: Node, gradient: CustomGradient): void => void rules.set(node, gradient)

/** The rule that was given to a node, and the nodes whose gradients it returns. */
export const customGradientOf = (node: Node): CustomGradient | undefined => rules.get(node)

/** Lets go of what a rule holds, when a node's history is released. */
export const forgetGradient = (node: Node): void => void rules.delete(node)
