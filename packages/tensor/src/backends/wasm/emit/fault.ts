import { call, i32, if_, type Input } from 'wasmati'
import { define } from './define.ts'
import { FAULT_ADDRESS } from './target.ts'

/** What the first word of a fault says happened. */
export const faultCodes = { indexOutOfRange: 1 } as const

/** Notes an index that is out of range, unless a fault is noted already. Of several threads' faults one wins: each says something true. */
const noteIndex = define(['i32', 'i32', 'i32'], ([at, index, size]) => {
  i32.eqz(i32.atomic.rmw.cmpxchg({}, at, 0, faultCodes.indexOutOfRange))
  if_(null, () => {
    i32.store({ offset: 4 }, at, index)
    i32.store({ offset: 8 }, at, size)
  })
})

export const raiseIndexFault = (index: Input<'i32'>, size: number): void => {
  call(noteIndex, [FAULT_ADDRESS, index, size])
}
