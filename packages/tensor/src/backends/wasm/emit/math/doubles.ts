import { f32x4, f64x2, i8x16 } from 'wasmati'
import type { Code, OnStack, Vector } from '../code.ts'

const upperHalf = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]
const lowerHalves = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]

/** The upper two 32-bit lanes, moved down. */
export const upper = (x: Vector): OnStack => i8x16.shuffle(upperHalf as never, x, x)

/** The lower two 32-bit lanes of two vectors, side by side. */
export const joinLower = (a: Vector, b: Vector): OnStack => i8x16.shuffle(lowerHalves as never, a, b)

/** Computes in f64, two lanes at a time, and rounds the results to f32. */
export function inDoubles(code: Code, inputs: readonly Vector[], compute: (...inputs: Vector[]) => OnStack): OnStack {
  const low = code.keep(f32x4.demote_f64x2_zero(compute(...inputs.map(x => code.keep(f64x2.promote_low_f32x4(x))))))
  const high = code.keep(
    f32x4.demote_f64x2_zero(compute(...inputs.map(x => code.keep(f64x2.promote_low_f32x4(upper(x)))))),
  )
  return joinLower(low, high)
}
