import { f32x4, i32x4, local, v128 } from 'wasmati'
import type { ValueType } from '../../../../compiler/kernel.ts'
import type { Code, OnStack, Vector } from '../code.ts'

type Cast = (code: Code, x: Vector) => OnStack

const same: Cast = (_, x) => local.get(x)
const isNotZero: Cast = (code, x) => i32x4.ne(x, code.i32(0))
const toOne: Cast = (code, x) => v128.and(x, code.i32(1))

/** Value conversions: from, then to. Floats truncate and saturate, NaN gives 0; between integers bits stay. */
export const casts: Record<ValueType, Record<ValueType, Cast>> = {
  f32: {
    f32: same,
    i32: (_, x) => i32x4.trunc_sat_f32x4_s(x),
    u32: (_, x) => i32x4.trunc_sat_f32x4_u(x),
    bool: (code, x) => f32x4.ne(x, code.f32(0)),
  },
  i32: { f32: (_, x) => f32x4.convert_i32x4_s(x), i32: same, u32: same, bool: isNotZero },
  u32: { f32: (_, x) => f32x4.convert_i32x4_u(x), i32: same, u32: same, bool: isNotZero },
  bool: { f32: (code, x) => v128.and(x, code.f32(1)), i32: toOne, u32: toOne, bool: same },
}
