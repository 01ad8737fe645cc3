import { i32, local, v128, type Func } from 'wasmati'
import { countDown } from '../control.ts'
import { define } from '../define.ts'
import { widenings, type MatmulDType } from './widen.ts'

/** gather(from, to, k, kStride): `kStride` in bytes. */
export type Gather = Func<['i32', 'i32', 'i32', 'i32'], []>

/** Copies one line, whatever its stride and dtype, to contiguous f32. */
export function emitGather(dtype: MatmulDType): Gather {
  const { loadLane, widen } = widenings[dtype]
  return define(['i32', 'i32', 'i32', 'i32'], ([from, to, k, kStride], locals) => {
    const [x, spare] = [locals.v128(), locals.v128()]
    countDown(k, 1, () => {
      loadLane(from, 0, 0, x)
      local.get(x)
      widen(spare)
      local.set(x)
      v128.store32_lane({}, 0, to, x)
      local.set(from, i32.add(from, kStride))
      local.set(to, i32.add(to, 4))
    })
  })
}
