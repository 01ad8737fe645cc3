import { f32x4, i32x4, local, v128 } from 'wasmati'
import { dtypes, type DType } from '../../../../dtype.ts'
import type { Code, Int, OnStack, Vector } from '../code.ts'
import { loadLanes } from '../values/load.ts'
import { storageOf } from '../values/storage.ts'

/** The dtypes that a matmul reads; all compute in f32. */
export type MatmulDType = 'f32' | 'f16' | 'bf16' | 'i8'

export const isMatmulDType = (dtype: DType): dtype is MatmulDType =>
  dtype === 'f32' || dtype === 'f16' || dtype === 'bf16' || dtype === 'i8'

export const bytesOf = (dtype: MatmulDType): number => dtypes[dtype].bytes

/** into = four neighbours, as f32 */
export function loadFour(code: Code, dtype: MatmulDType, into: Vector, address: Int, offset: number): void {
  const { width, decode } = storageOf(dtype)
  if (dtype === 'f32') local.set(into, width.load({ offset }, address))
  else if (dtype === 'f16') code.region(() => loadHalves(code, into, address, offset))
  else code.region(() => local.set(into, asFloat(dtype, decode(code, code.keep(width.load({ offset }, address))))))
}

/**
 * f16 → f32 in seven instructions after the load, fewer than for bits that come from anywhere: loaded with their sign
 * in all upper bits and moved by 13, exponent and fraction are the value · 2⁻¹¹²; an exponent of all ones becomes f32's.
 */
function loadHalves(code: Code, into: Vector, address: Int, offset: number): void {
  const bits = code.keep(v128.load16x4_s({ offset }, address))
  const scaled = v128.and(i32x4.shl(bits, 13), code.i32(0x8fffe000))
  const value = code.keep(f32x4.mul(scaled, code.f32(2 ** 112)))
  const special = v128.and(f32x4.ge(f32x4.abs(value), code.f32(2 ** 16)), code.i32(0x7f800000))
  local.set(into, v128.or(special, value))
}

/** into = one element of each of up to four lines, as f32 */
export function loadEach(code: Code, dtype: MatmulDType, into: Vector, lines: readonly Int[]): void {
  const storage = storageOf(dtype)
  const find = (lane: number): { address: Int; offset: number } => ({ address: lines[lane]!, offset: 0 })
  code.region(() => {
    const bits = code.keep(loadLanes(code, storage, lines.length, find))
    local.set(into, asFloat(dtype, storage.decode(code, bits)))
  })
}

const asFloat = (dtype: MatmulDType, x: OnStack): OnStack => (dtype === 'i8' ? f32x4.convert_i32x4_s(x) : x)
