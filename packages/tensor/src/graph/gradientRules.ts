import type { Tensor } from '../tensor.ts'
import type { Node } from './node.ts'

/** Gradients of the inputs from the gradient of the output; `undefined` for none. */
export type GradientRule = (gradient: Tensor, output: Tensor) => readonly (Tensor | undefined)[]

/** A rule and the nodes whose gradients it returns. */
export interface CustomGradient {
  readonly inputs: readonly Node[]
  readonly rule: GradientRule
}

/** The rule that was given to a node, and the nodes whose gradients it returns. */
export const customGradientOf = (node: Node): CustomGradient | undefined => node.gradient
