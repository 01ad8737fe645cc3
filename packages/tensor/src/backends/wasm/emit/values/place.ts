import { $, i32, i32x4, local, select, v128 } from 'wasmati'
import type { Code, Int, Vector } from '../code.ts'

/** A vector of the lanes loop: its first element, counted from that loop's index, and how many lanes mean something. */
export interface VectorAt {
  readonly shift: number
  readonly lanes: number
}

/**
 * A body of code in the nest of loops, and what is computed there. Depth 0 is the call, depth 1 the row, each further
 * one a loop within the row.
 */
export interface Place {
  readonly depth: number
  readonly outer: Place | undefined
  /** Loops whose index is set here. */
  readonly index: ReadonlyMap<number, Int>
  /** The vectors that this code handles; of one that does not run along the lanes loop, only their number counts. */
  readonly vectors: readonly VectorAt[]
  /** By value: one local if it is the same in every lane, else one a vector. */
  readonly values: Map<number, readonly Vector[]>
  readonly pointers: Map<Access, Int>
  readonly inside: Map<Access, Int | undefined>
}

export const placeIn = (
  outer: Place | undefined,
  index: ReadonlyMap<number, Int>,
  vectors: readonly VectorAt[],
): Place => ({
  depth: outer === undefined ? 0 : outer.depth + 1,
  outer,
  index,
  vectors,
  values: new Map(),
  pointers: new Map(),
  inside: new Map(),
})

interface Bound {
  readonly loop: number
  readonly start: number
  readonly stop: number
}

/** How the loops' indices become an address: base + (offset + Σ index · stride) · bytes. */
export interface Access {
  /** Undefined counts from 0. */
  readonly base: Int | undefined
  readonly bytes: number
  readonly offset: number
  readonly strides: readonly number[]
  /** Elements from one lane to the next. */
  readonly step: number
  /** Bounds on loops other than that of the lanes, and on that. */
  readonly bounds: readonly Bound[]
  readonly laneBounds: readonly Bound[]
  /** What else moves the address, by bytes, from a depth on. */
  readonly moved: { readonly depth: number; readonly by: (place: Place) => void } | undefined
}

export function indexAt(place: Place, loop: number): Int {
  for (let at: Place | undefined = place; at !== undefined; at = at.outer) {
    const index = at.index.get(loop)
    if (index !== undefined) return index
  }
  throw new Error(`loop ${loop} is not running here`)
}

/**
 * Computes an access's address and bounds as far as they are known at a place, from those of the place around it, which
 * must be prepared: code of an inner place may not run at all.
 */
export function prepare(code: Code, place: Place, access: Access): void {
  if (place.pointers.has(access)) return
  const from = place.outer === undefined ? startOf(code, access) : pointerAt(place.outer, access)
  place.inside.set(access, insideOf(code, place, access))
  place.pointers.set(access, moveOn(code, place, access, from))
}

/** The address of the first vector's lane 0. */
export function pointerAt(place: Place, access: Access): Int {
  const pointer = place.pointers.get(access)
  if (pointer === undefined) throw new Error(`an address is not prepared at depth ${place.depth}`)
  return pointer
}

function startOf(code: Code, { base, bytes, offset }: Access): Int {
  if (base === undefined) return code.keepInt((bytes * offset) | 0)
  return offset === 0 ? base : code.keepInt(i32.add(base, (bytes * offset) | 0))
}

function moveOn(code: Code, place: Place, { strides, bytes, moved }: Access, from: Int): Int {
  const terms = [...place.index].filter(([loop]) => strides[loop] !== 0)
  const moves = moved !== undefined && moved.depth === place.depth
  if (terms.length === 0 && !moves) return from
  local.get(from)
  for (const [loop, index] of terms) {
    const stride = (strides[loop]! * bytes) | 0
    if (stride === 1) local.get(index)
    else i32.mul(index, stride)
    i32.add($, $)
  }
  if (moves) {
    moved.by(place)
    i32.add($, $)
  }
  return code.keepInt($)
}

/** Whether all indices known here, but those of lanes, are within bounds: 1 or 0; undefined without any bound. */
function insideOf(code: Code, place: Place, access: Access): Int | undefined {
  let inside = place.outer?.inside.get(access)
  for (const { loop, start, stop } of access.bounds) {
    const index = place.index.get(loop)
    if (index === undefined) continue
    i32.lt_u(i32.sub(index, start), stop - start)
    if (inside !== undefined) i32.and($, inside)
    inside = code.keepInt($)
  }
  return inside
}

/** The mask of lanes within bounds; undefined without any bound. */
export function maskAt(code: Code, place: Place, access: Access, vector: VectorAt): Vector | undefined {
  const inside = place.inside.get(access)
  let mask = inside === undefined ? undefined : code.keep(i32x4.splat(i32.sub(0, inside)))
  for (const { loop, start, stop } of access.laneBounds) {
    const first = i32.add(indexAt(place, loop), (vector.shift - start) | 0)
    const positions = i32x4.add(i32x4.splat(first), code.lanes(Int32Array.of(0, 1, 2, 3)))
    const within = code.keep(i32x4.lt_u(positions, code.i32(stop - start)))
    mask = mask === undefined ? within : code.keep(v128.and(mask, within))
  }
  return mask
}

/** An address for a vector with at least one lane within bounds, else one that is safe to read. */
export function safeAddress(code: Code, place: Place, access: Access, vector: VectorAt, pointer: Int): Int {
  const inside = place.inside.get(access)
  const base = access.base
  if (base === undefined || (inside === undefined && access.laneBounds.length === 0)) return pointer
  local.get(pointer)
  local.get(base)
  if (inside !== undefined) local.get(inside)
  access.laneBounds.forEach(({ loop, start, stop }, i) => {
    const last = i32.add(indexAt(place, loop), (vector.shift + vector.lanes - 1 - start) | 0)
    i32.lt_u(last, stop - start + vector.lanes - 1)
    if (inside !== undefined || i > 0) i32.and($, $)
  })
  select()
  return code.keepInt($)
}
