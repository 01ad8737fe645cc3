import { br_if, i32, local, loop, select } from 'wasmati'
import type { Code, Int } from '../code.ts'

/** Runs `body` for index, index + step, … below `to`, and at least once. */
export function repeat(index: Int, to: Int | number, step: number, body: () => void): void {
  loop(null, again => {
    body()
    local.set(index, i32.add(index, step))
    i32.lt_u(index, to)
    br_if(again)
  })
}

/** The same, with `flush` after every so many turns and at the end. */
export function repeatInBlocks(
  code: Code,
  index: Int,
  to: number,
  step: number,
  turns: number,
  body: () => void,
  flush: () => void,
): void {
  const stop = code.int()
  loop(null, again => {
    local.set(stop, i32.add(index, turns * step))
    atMost(stop, to)
    repeat(index, stop, step, body)
    flush()
    i32.lt_u(index, to)
    br_if(again)
  })
}

/** x = min(x, most) */
export function atMost(x: Int, most: number): void {
  local.get(x)
  i32.const(most)
  i32.lt_u(x, most)
  select()
  local.set(x)
}
