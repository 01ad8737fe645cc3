import { i32, local, v128, type Func } from 'wasmati'
import { defineCode } from '../code.ts'
import { countDown } from '../control.ts'
import { loadEach, type MatmulDType } from './widen.ts'

/** gather(from, to, k, kStride): `kStride` in bytes. */
export type Gather = Func<['i32', 'i32', 'i32', 'i32'], []>

/** Copies one line, whatever its stride and dtype, to contiguous f32. */
export const emitGather = (dtype: MatmulDType): Gather =>
  defineCode(['i32', 'i32', 'i32', 'i32'], false, ([from, to, k, kStride], code) => {
    const x = code.vector()
    countDown(k, 1, () => {
      loadEach(code, dtype, x, [from])
      v128.store32_lane({}, 0, to, x)
      local.set(from, i32.add(from, kStride))
      local.set(to, i32.add(to, 4))
    })
  })
