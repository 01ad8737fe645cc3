import type { DType } from '../../dtype.ts'
import type { LinearNode } from '../../graph/linear.ts'
import type { Primitive } from '../../graph/primitives.ts'
import type { Shape } from '../../shape.ts'

/** A computed tensor: row-major numbers, each of which its dtype holds exactly. */
export interface Value {
  readonly shape: Shape
  readonly dtype: DType
  readonly numbers: Float64Array
}

/** Computes a node from its inputs, in double precision; the caller rounds to the node's dtype, once. */
export type Evaluate<Op extends Primitive> = (node: LinearNode<Op>, ...inputs: Value[]) => Float64Array

/** A rule for every primitive of a family. */
export type Rules<Op extends Primitive> = { readonly [Each in Op]: Evaluate<Each> }
