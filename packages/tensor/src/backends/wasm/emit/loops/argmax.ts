import { f32x4, i32x4, local, v128 } from 'wasmati'
import type { ValueType } from '../../../../compiler/kernel.ts'
import type { Code, OnStack, Vector } from '../code.ts'
import { constantOf, pushPositions } from '../values/evaluation.ts'
import { firstLanes } from '../values/gather.ts'
import type { Access } from '../values/place.ts'
import { exchanges, type Accumulator, type Shape } from './accumulator.ts'
import { isLarger, lowest } from './reducers.ts'

/** The largest value so far and where it was. */
interface Best {
  readonly value: Vector
  readonly at: Vector
}

/** Bits of other types than f32 may look like NaN. */
const isNaN: Record<ValueType, (code: Code, x: Vector) => Vector> = {
  f32: (code, x) => code.keep(f32x4.ne(x, x)),
  i32: code => code.i32(0),
  u32: code => code.i32(0),
  bool: code => code.i32(0),
}

/** Whether x comes before `best`: larger, or the first NaN. */
function beats(code: Code, type: ValueType, x: Vector, best: Vector): OnStack {
  const larger = code.keep(isLarger[type](x, best))
  return v128.or(larger, v128.andnot(isNaN[type](code, x), isNaN[type](code, best)))
}

/** The same for elements of any order: of equal ones, the one further ahead wins. */
function beatsAnywhere(code: Code, type: ValueType, x: Best, best: Best): OnStack {
  const before = code.keep(beats(code, type, x.value, best.value))
  const after = code.keep(beats(code, type, best.value, x.value))
  return v128.or(before, v128.andnot(i32x4.lt_s(x.at, best.at), after))
}

function take(best: Best, { value, at }: Best, wins: Vector): void {
  local.set(best.value, v128.bitselect(value, best.value, wins))
  local.set(best.at, v128.bitselect(at, best.at, wins))
}

/** Positions count along `position`, the flattened loops within a row. */
export function argmax(code: Code, type: ValueType, { vectors, columns }: Shape, position: Access): Accumulator {
  const bests = Array.from({ length: vectors }, (): Best => ({ value: code.vector(), at: code.vector() }))
  const least = constantOf(code, type, lowest[type])
  return {
    start() {
      for (const { value, at } of bests) {
        local.set(value, least)
        local.set(at, code.i32(0))
      }
    },
    add(place, x, vector, i) {
      const value =
        columns || vector.lanes === 4 ? x : code.keep(v128.bitselect(x, least, firstLanes(code, vector.lanes)))
      const at = code.keep(pushPositions(code, place, position, vector))
      take(bests[i]!, { value, at }, code.keep(beats(code, type, value, bests[i]!.value)))
    },
    flush: () => {},
    finish() {
      if (columns) return bests.map(({ at }) => at)
      const best = bests[0]!
      for (const other of bests.slice(1)) take(best, other, code.keep(beatsAnywhere(code, type, other, best)))
      for (const exchange of exchanges) {
        const other = { value: code.keep(exchange(best.value)), at: code.keep(exchange(best.at)) }
        take(best, other, code.keep(beatsAnywhere(code, type, other, best)))
      }
      return [best.at]
    },
  }
}
