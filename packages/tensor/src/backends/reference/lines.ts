import { type Shape, rowMajorStrides } from '../../shape.ts'
import { positions } from './positions.ts'

/**
 * Visits the lines along one axis of a row-major tensor: `at` holds the positions of a line's elements, `line` counts in
 * the row-major order of the tensor with that axis of size 1.
 */
export function eachLine(shape: Shape, axis: number, visit: (at: readonly number[], line: number) => void): void {
  const strides = rowMajorStrides(shape)
  positions(shape.with(axis, 1), strides).forEach((start, line) => {
    visit(
      Array.from({ length: shape[axis]! }, (_, i) => start + i * strides[axis]!),
      line,
    )
  })
}
