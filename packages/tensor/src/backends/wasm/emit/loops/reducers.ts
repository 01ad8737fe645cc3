import { f32x4, i32x4, v128 } from 'wasmati'
import type { ValueType } from '../../../../compiler/kernel.ts'
import type { Reduction } from '../../../../graph/primitives.ts'
import type { OnStack, Vector } from '../code.ts'

type Pair = (a: Vector, b: Vector) => OnStack

/** How two partial results become one, and the result of nothing. */
export interface Reducer {
  readonly identity: number
  readonly combine: Pair
}

const and: Pair = (a, b) => v128.and(a, b)
const or: Pair = (a, b) => v128.or(a, b)
const addIntegers: Reducer = { identity: 0, combine: (a, b) => i32x4.add(a, b) }
const multiplyIntegers: Reducer = { identity: 1, combine: (a, b) => i32x4.mul(a, b) }

export const lowest: Record<ValueType, number> = { f32: -Infinity, i32: -(2 ** 31), u32: 0, bool: 0 }

/** Of bool: whether any or all are true. */
export const reducers: Record<Reduction, Record<ValueType, Reducer>> = {
  sum: {
    f32: { identity: 0, combine: (a, b) => f32x4.add(a, b) },
    i32: addIntegers,
    u32: addIntegers,
    bool: { identity: 0, combine: or },
  },
  reduceMax: {
    f32: { identity: lowest.f32, combine: (a, b) => f32x4.max(a, b) },
    i32: { identity: lowest.i32, combine: (a, b) => i32x4.max_s(a, b) },
    u32: { identity: lowest.u32, combine: (a, b) => i32x4.max_u(a, b) },
    bool: { identity: lowest.bool, combine: or },
  },
  prod: {
    f32: { identity: 1, combine: (a, b) => f32x4.mul(a, b) },
    i32: multiplyIntegers,
    u32: multiplyIntegers,
    bool: { identity: 1, combine: and },
  },
}

/** Whether a is the larger one, as masks. */
export const isLarger: Record<ValueType, Pair> = {
  f32: (a, b) => f32x4.gt(a, b),
  i32: (a, b) => i32x4.gt_s(a, b),
  u32: (a, b) => i32x4.gt_u(a, b),
  bool: (a, b) => v128.andnot(a, b),
}
