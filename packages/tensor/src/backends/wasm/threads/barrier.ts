import { $, block, br_if, drop, func, i32, if_, importMemory, local, loop, memory, Module, return_ } from 'wasmati'
import { GENERATION_OFFSET } from './control.ts'

/** Reads of the generation before a thread gives up spinning: some tens of microseconds, longer than most waits. */
const spins = 20_000

/**
 * A module with `arrive(threads, address of their barrier)`: the last of that many threads to call it starts the next generation and gets −1;
 * the others spin until it starts and get −1, or get the generation that they still wait to end.
 */
export function barrierModule(): WebAssembly.Module {
  const shared = importMemory({ min: 1, max: 65536, shared: true })
  const arrive = func({ in: [i32, i32], locals: [i32, i32], out: [i32] }, ([threads, address], [generation, turns]) => {
    local.set(generation, i32.atomic.load({ offset: GENERATION_OFFSET }, address))
    i32.eq(i32.add(i32.atomic.rmw.add({}, address, 1), 1), threads)
    if_(null, () => {
      i32.atomic.store({}, address, 0)
      i32.atomic.store({ offset: GENERATION_OFFSET }, address, i32.and(i32.add(generation, 1), 0x7fffffff))
      memory.atomic.notify({ offset: GENERATION_OFFSET }, address, -1)
      drop()
      i32.const(-1)
      return_()
    })
    block(null, done => {
      loop(null, again => {
        i32.ne(i32.atomic.load({ offset: GENERATION_OFFSET }, address), generation)
        if_(null, () => {
          i32.const(-1)
          return_()
        })
        local.tee(turns, i32.add(turns, 1))
        i32.lt_u($, spins)
        br_if(again)
      })
      void done
    })
    local.get(generation)
  })
  return new WebAssembly.Module(Uint8Array.from(Module({ exports: { arrive }, memory: shared }).toBytes()))
}
