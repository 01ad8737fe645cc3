import { $, f32x4, i32x4, v128 } from 'wasmati'
import type { Code, OnStack, Vector } from '../code.ts'

/** f32 of f16 bits in 32-bit lanes. The exponent moves by 112, which a multiplication does for subnormals too. */
export function fromFloat16(code: Code, bits: Vector): OnStack {
  const size = code.keep(v128.and(bits, code.i32(0x7fff)))
  const value = code.keep(f32x4.mul(i32x4.shl(size, 13), code.f32(2 ** 112)))
  const special = code.keep(v128.and(i32x4.gt_s(size, code.i32(0x7bff)), code.i32(0x7f800000)))
  v128.and(i32x4.shl(bits, 16), code.i32(0x80000000))
  return v128.or(v128.or($, value), special)
}

/** The bits of the nearest f16, ties to even, in 32-bit lanes. After Fabian Giesen, "float_to_half_fast3_rtne" (2012). */
export function toFloat16(code: Code, x: Vector): OnStack {
  const size = code.keep(v128.and(x, code.i32(0x7fffffff)))
  // Adding ½ leaves a subnormal's bits, rounded, at the end of the sum.
  const small = code.keep(i32x4.sub(f32x4.add(size, code.f32(0.5)), code.i32(0x3f000000)))
  const odd = code.keep(v128.and(i32x4.shr_u(size, 13), code.i32(1)))
  const rounded = code.keep(i32x4.add(i32x4.add(size, code.i32(((15 - 127) << 23) + 0xfff)), odd))
  v128.bitselect(small, i32x4.shr_u(rounded, 13), i32x4.lt_s(size, code.i32(113 << 23)))
  const finite = code.keep($)
  const special = code.keep(v128.bitselect(code.i32(0x7e00), code.i32(0x7c00), i32x4.gt_s(size, code.i32(0x7f800000))))
  const value = code.keep(v128.bitselect(special, finite, i32x4.gt_s(size, code.i32(0x477fffff))))
  return v128.or(value, i32x4.shr_u(v128.and(x, code.i32(0x80000000)), 16))
}

/** The bits of the nearest bf16, ties to even, in 32-bit lanes: the upper half, rounded; a NaN stays one. */
export function toBfloat16(code: Code, x: Vector): OnStack {
  const upper = code.keep(i32x4.shr_u(x, 16))
  i32x4.add(x, i32x4.add(v128.and(upper, code.i32(1)), code.i32(0x7fff)))
  const rounded = code.keep(i32x4.shr_u($, 16))
  return v128.bitselect(v128.or(upper, code.i32(0x40)), rounded, f32x4.ne(x, x))
}
