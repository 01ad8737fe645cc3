import { type Shape, sizeOf } from '../../shape.ts'

/**
 * offset + Σ index[axis] · strides[axis] for every index of a shape, in row-major order. All that views, reductions and
 * indexing do is choose strides.
 */
export function positions(shape: Shape, strides: readonly number[], offset = 0): Float64Array {
  const out = new Float64Array(sizeOf(shape))
  const index = new Array<number>(shape.length).fill(0)
  let position = offset
  for (let i = 0; i < out.length; i++) {
    out[i] = position
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position += strides[axis]!
      if (++index[axis]! < shape[axis]!) break
      position -= strides[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
  return out
}

/** The numbers of `source` at given positions. */
export const pick = (source: Float64Array, at: Float64Array): Float64Array => at.map(position => source[position]!)
