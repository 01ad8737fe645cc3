import { Tensor } from '../tensor.ts'
import * as build from './build.ts'
import type { GradientRule } from './gradientRules.ts'

/**
 * The output, in its shape, with a gradient rule of its own instead of the one of its graph; `customVjp` of
 * `@wids/autograd` is this for functions.
 *
 * @param inputs tensors by which the rule gives gradients, each of its input's shape
 */
export function customGradient(inputs: readonly Tensor[], output: Tensor, rule: GradientRule): Tensor {
  const node = build.unary('detach', output.node)
  node.gradient = { inputs: inputs.map(t => t.node), rule }
  return new Tensor(node)
}
