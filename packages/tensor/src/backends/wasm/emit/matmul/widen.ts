import { f32x4, local } from 'wasmati'
import { dtypes, type DType } from '../../../../dtype.ts'
import type { Code, Int, OnStack, Vector } from '../code.ts'
import { loadLanes } from '../values/load.ts'
import { storageOf, type Storage } from '../values/storage.ts'

/** The dtypes that a matmul reads; all compute in f32. */
export type MatmulDType = 'f32' | 'f16' | 'bf16' | 'i8'

export const isMatmulDType = (dtype: DType): dtype is MatmulDType =>
  dtype === 'f32' || dtype === 'f16' || dtype === 'bf16' || dtype === 'i8'

export const bytesOf = (dtype: MatmulDType): number => dtypes[dtype].bytes

/** into = four neighbours, as f32 */
export function loadFour(code: Code, dtype: MatmulDType, into: Vector, address: Int, offset: number): void {
  const storage = storageOf(dtype)
  if (dtype === 'f32') local.set(into, storage.width.load({ offset }, address))
  else
    code.region(() => local.set(into, widen(code, dtype, storage, code.keep(storage.width.load({ offset }, address)))))
}

/** into = one element of each of up to four lines, as f32 */
export function loadEach(code: Code, dtype: MatmulDType, into: Vector, lines: readonly Int[]): void {
  const storage = storageOf(dtype)
  const find = (lane: number): { address: Int; offset: number } => ({ address: lines[lane]!, offset: 0 })
  code.region(() => {
    const bits = code.keep(loadLanes(code, storage, lines.length, find))
    local.set(into, widen(code, dtype, storage, bits))
  })
}

function widen(code: Code, dtype: MatmulDType, { decode }: Storage, bits: Vector): OnStack {
  const number = decode(code, bits)
  return dtype === 'i8' ? f32x4.convert_i32x4_s(number) : number
}
