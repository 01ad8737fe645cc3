/** The graph below tensors, for packages that transform it: `@wids/tensor/graph`. */
export { type Attributes, type Primitive } from './primitives.ts'
export { is, type Node, topological } from './node.ts'
export { customGradient, customGradientOf, type GradientRule } from './customGradient.ts'
export { computeAlong } from '../runtime/companions.ts'
export { isReleased } from '../runtime/realize.ts'
