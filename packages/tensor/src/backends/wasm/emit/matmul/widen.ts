import { $, f32x4, i16x8, i32x4, local, v128, type Local } from 'wasmati'
import type { DType } from '../../../../dtype.ts'

/** The dtypes that a matmul reads; all compute in f32. */
export type MatmulDType = 'f32' | 'f16' | 'bf16' | 'i8'

export const isMatmulDType = (dtype: DType): dtype is MatmulDType =>
  dtype === 'f32' || dtype === 'f16' || dtype === 'bf16' || dtype === 'i8'

type V128 = Local<'v128'>

/** How elements of a dtype come into registers: raw bytes of four in the lowest lanes, then as four f32. */
interface Widening {
  readonly bytes: number
  /** Four neighbours. */
  readonly load: (address: Local<'i32'>, offset: number) => void
  /** One element into lane 0 … 3 of `raw`. */
  readonly loadLane: (address: Local<'i32'>, offset: number, lane: number, raw: V128) => void
  /** From the raw form on the stack to f32; `spare` is overwritten. */
  readonly widen: (spare: V128) => void
}

const constant = (bits: number) => v128.const('i32x4', [bits, bits, bits, bits])

/**
 * f16 → f32: the 15 bits of exponent and fraction, moved to f32's place, are the value · 2⁻¹¹² (also for denormals);
 * an exponent of all ones becomes f32's.
 */
function widenF16(spare: V128): void {
  local.set(spare, i32x4.extend_low_i16x8_u($))
  i32x4.shl(v128.and(spare, constant(0x7fff)), 13)
  f32x4.mul($, v128.const('f32x4', [2 ** 112, 2 ** 112, 2 ** 112, 2 ** 112]))
  i32x4.gt_s(v128.and(spare, constant(0x7fff)), constant(0x7bff))
  v128.or($, v128.and($, constant(0x7f800000)))
  v128.or($, i32x4.shl(v128.and(spare, constant(0x8000)), 16))
}

export const widenings: Readonly<Record<MatmulDType, Widening>> = {
  f32: {
    bytes: 4,
    load: (address, offset) => v128.load({ offset }, address),
    loadLane: (address, offset, lane, raw) => local.set(raw, v128.load32_lane({ offset }, lane, address, raw)),
    widen: () => {},
  },
  f16: {
    bytes: 2,
    load: (address, offset) => v128.load64_zero({ offset }, address),
    loadLane: (address, offset, lane, raw) => local.set(raw, v128.load16_lane({ offset }, lane, address, raw)),
    widen: widenF16,
  },
  bf16: {
    bytes: 2,
    load: (address, offset) => v128.load64_zero({ offset }, address),
    loadLane: (address, offset, lane, raw) => local.set(raw, v128.load16_lane({ offset }, lane, address, raw)),
    // The upper half of an f32.
    widen: () => i32x4.shl(i32x4.extend_low_i16x8_u($), 16),
  },
  i8: {
    bytes: 1,
    load: (address, offset) => v128.load32_zero({ offset }, address),
    loadLane: (address, offset, lane, raw) => local.set(raw, v128.load8_lane({ offset }, lane, address, raw)),
    widen: () => f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s($))),
  },
}
