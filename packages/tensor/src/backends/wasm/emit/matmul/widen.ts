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
 * f16 → f32. Below their sign, bits moved by 13 are an f32 but for the bias of the exponent, which is 15 instead of 127.
 * With the bias mended, x ≥ 2⁻¹⁴ is right, and a number whose exponent is 0 became 2⁻¹⁵ + half of it: min(x, 2x − 2⁻¹⁴)
 * is right for both, without an f32 whose exponent is 0, with which processors take a hundred times as long to multiply.
 * An exponent of all ones becomes f32's.
 */
function loadHalves(code: Code, into: Vector, address: Int, offset: number): void {
  const bits = code.keep(v128.load16x4_s({ offset }, address))
  const moved = code.keep(v128.and(i32x4.shl(bits, 13), code.i32(0x0fffe000)))
  const x = code.keep(i32x4.add(moved, code.i32(112 << 23)))
  local.set(x, f32x4.pmin(x, f32x4.sub(f32x4.add(x, x), code.f32(2 ** -14))))
  const special = v128.and(i32x4.ge_s(moved, code.i32(31 << 23)), code.i32(0x7f800000))
  local.set(x, v128.or(special, x))
  local.set(into, v128.or(v128.and(bits, code.i32(-(2 ** 31))), x))
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
