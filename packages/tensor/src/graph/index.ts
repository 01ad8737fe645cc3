/** What lies below tensors, for packages that transform graphs or store tensors: `@wids/tensor/graph`. */
export type {
  AttentionAttributes,
  Attributes,
  Binary,
  Primitive,
  Reduction,
  ScoreAttributes,
  Unary,
  View,
} from './primitives.ts'
export { passing } from '../handle.ts'
export { is, type Node, topological } from './node.ts'
export { customGradient } from './customGradient.ts'
export { customGradientOf, type GradientRule } from './gradientRules.ts'
export { checkTensors } from '../checkTensors.ts'
export { printed } from '../errors.ts'
export { naming } from '../naming.ts'
export { computeAlong } from '../runtime/companions.ts'
export { isReleased } from '../runtime/history.ts'
export { readBytes, start } from '../runtime/realize.ts'
export { isTracing } from '../runtime/trace.ts'
export { fromBytes } from '../ops/create.ts'
export { attentionGradient, attentionLogSumExp } from '../ops/attention.ts'
