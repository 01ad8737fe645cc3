import { dtypes } from '../dtype.ts'
import { sizeOf } from '../shape.ts'
import type { Graph } from './linear.ts'

/** Bytes that a graph reads and writes; an output that takes the place of an input counts as that input. */
export function boundaryBytes(
  { nodes, inputs, outputs }: Graph,
  inPlace: readonly (number | undefined)[],
): { readonly inputs: number; readonly outputs: number } {
  const sum = (positions: readonly number[]): number =>
    positions.reduce((total, at) => total + sizeOf(nodes[at]!.shape) * dtypes[nodes[at]!.dtype].bytes, 0)
  return { inputs: sum(inputs), outputs: sum(outputs.filter((_, output) => inPlace[output] === undefined)) }
}
