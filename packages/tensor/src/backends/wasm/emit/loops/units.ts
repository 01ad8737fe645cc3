import { br_if, i32, if_, local, loop } from 'wasmati'
import type { Code, Int } from '../code.ts'

/** A unit's number is written in digits, the last one counting fastest. */
export interface Digit {
  readonly size: number
  readonly index: Int
}

/** Runs `body` for the units from `begin` to `end`, with their digits set. */
export function forUnits(code: Code, begin: Int, end: Int, digits: readonly Digit[], body: () => void): void {
  const unit = code.keepInt(begin)
  i32.lt_u(begin, end)
  if_(null, () => {
    split(code, begin, digits)
    loop(null, again => {
      body()
      advance(digits)
      local.set(unit, i32.add(unit, 1))
      i32.lt_u(unit, end)
      br_if(again)
    })
  })
}

function split(code: Code, unit: Int, digits: readonly Digit[]): void {
  const rest = code.keepInt(unit)
  for (const { size, index } of digits.toReversed()) {
    local.set(index, i32.rem_u(rest, size))
    local.set(rest, i32.div_u(rest, size))
  }
}

/** Adds one to the last digit, and carries. */
function advance(digits: readonly Digit[]): void {
  const last = digits.at(-1)
  if (last === undefined) return
  local.set(last.index, i32.add(last.index, 1))
  if (digits.length === 1) return
  i32.eq(last.index, last.size)
  if_(null, () => {
    local.set(last.index, 0)
    advance(digits.slice(0, -1))
  })
}
