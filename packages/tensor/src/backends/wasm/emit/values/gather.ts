import { $, i32, i32x4, if_, v128, type Input } from 'wasmati'
import type { Code, Int, OnStack, Vector } from '../code.ts'
import { raiseIndexFault } from '../fault.ts'
import { loadLanes } from './load.ts'
import { maskAt, pointerAt, safeAddress, type Access, type Place, type VectorAt } from './place.ts'
import type { Storage } from './storage.ts'

/** Where indices point: elements apart, and how many there are. */
export interface Indexed {
  readonly stride: number
  readonly size: number
}

/** Pushes index · stride in bytes for an index that is the same in every lane; outside of the size it raises the fault. */
export function pushIndexed(code: Code, place: Place, access: Access, { stride, size }: Indexed, index: Vector): void {
  const at = code.keepInt(i32x4.extract_lane(0, index))
  const inside = place.inside.get(access)
  i32.ge_u(at, size)
  if (inside !== undefined) i32.and($, inside)
  if_(null, () => raiseIndexFault(at, size))
  i32.mul(select0(at, i32.lt_u(at, size)), (stride * access.bytes) | 0)
}

/** The elements that a vector of indices points to. */
export function gatherVector(
  code: Code,
  place: Place,
  access: Access,
  storage: Storage,
  vector: VectorAt,
  { stride, size }: Indexed,
  index: Vector,
): OnStack {
  const mask = maskAt(code, place, access, vector)
  const outside = code.keep(i32x4.ge_u(index, code.i32(size)))
  const wrong = code.keep(v128.and(outside, firstLanes(code, vector.lanes)))
  raiseAny(code, index, size, mask === undefined ? wrong : code.keep(v128.and(wrong, mask)), vector.lanes)
  const valid = code.keep(v128.andnot(index, outside))
  const first = pointerAt(place, access)
  const bits = loadLanes(code, storage, vector.lanes, lane => {
    const moved = i32.mul(i32x4.extract_lane(lane, valid), (stride * access.bytes) | 0)
    const address = code.keepInt(
      i32.add(i32.add(moved, first), ((vector.shift + lane) * access.step * access.bytes) | 0),
    )
    return { address: safeAddress(code, place, access, { shift: vector.shift + lane, lanes: 1 }, address), offset: 0 }
  })
  return storage.decode(code, code.keep(bits))
}

/** Raises the fault for the first lane that is set in `wrong`. */
function raiseAny(code: Code, index: Vector, size: number, wrong: Vector, lanes: number): void {
  v128.any_true(wrong)
  if_(null, () => {
    for (let lane = 0; lane < lanes; lane++) {
      i32x4.extract_lane(lane, wrong)
      if_(null, () => raiseIndexFault(i32x4.extract_lane(lane, index), size))
    }
  })
}

/** A mask of the first lanes. */
export const firstLanes = (code: Code, lanes: number): Vector =>
  code.lanes(Int32Array.from([0, 1, 2, 3], lane => (lane < lanes ? -1 : 0)))

/** x if a condition, which was just pushed, holds; else 0. */
function select0(x: Int, condition: Input<'i32'>): Input<'i32'> {
  return i32.and(i32.sub(0, condition), x)
}
