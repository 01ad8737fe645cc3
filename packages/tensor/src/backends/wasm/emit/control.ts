import { $, block, br, br_if, i32, local, loop, select, type Local } from 'wasmati'

type I32 = Local<'i32'>

/** for (index = from; index < to; index += step) body(); `from`, `to` are read once a turn. Unsigned. */
export function range(index: I32, from: I32 | number, to: I32 | number, step: number, body: () => void): void {
  local.set(index, from)
  whileLess(index, to, () => {
    body()
    local.set(index, i32.add(index, step))
  })
}

/** while (index < limit) body(). Unsigned. */
export function whileLess(index: I32, limit: I32 | number, body: () => void): void {
  block(null, done => {
    loop(null, again => {
      i32.ge_u(index, limit)
      br_if(done)
      body()
      br(again)
    })
  })
}

/** Runs `body` floor(count / step) times and leaves the rest in `count`; the test stands at the end, one jump a turn. */
export function countDown(count: I32, step: number, body: () => void): void {
  block(null, done => {
    i32.lt_u(count, step)
    br_if(done)
    loop(null, again => {
      body()
      local.tee(count, i32.sub(count, step))
      i32.ge_u($, step)
      br_if(again)
    })
  })
}

/** into = the smaller of a value and a constant. Unsigned. */
export function setAtMost(into: I32, value: I32, most: number): void {
  local.get(value)
  i32.const(most)
  i32.lt_u(value, most)
  select()
  local.set(into)
}
