import { $, f32x4, i32, i32x4, if_, local, v128 } from 'wasmati'
import { dtypes, type DType } from '../../../dtype.ts'
import type { Code, Int, Vector } from './code.ts'
import { storeNeighbours, type Storage } from './values/storage.ts'

/** Elements of some dtype `laneBytes` apart, from an address on. */
export interface Lanes {
  readonly storage: Storage
  readonly address: Int
  readonly laneBytes: number
}

/** into = elements `first`, `first` + 1, … as computed values; lanes after the first `lanes` hold anything. */
export function loadLanes(code: Code, into: Vector, from: Lanes, first: number, lanes: number): void {
  code.region(() => {
    pushBits(code, from, first, lanes)
    const bits = code.keep($)
    local.set(into, from.storage.decode(code, bits))
  })
}

function pushBits(code: Code, { storage, address, laneBytes }: Lanes, first: number, lanes: number): void {
  const { width } = storage
  if (laneBytes === width.bytes) width.load({ offset: first * width.bytes }, address)
  else if (laneBytes === 0 || lanes === 1) width.splat({ offset: 0 }, i32.add(address, (first * laneBytes) | 0))
  else {
    const bits = code.vector()
    for (let lane = 0; lane < lanes; lane++) {
      const at = code.keepInt(i32.add(address, ((first + lane) * laneBytes) | 0))
      local.set(bits, width.loadLane({ offset: 0 }, lane, at, bits))
    }
    local.get(bits)
  }
}

/** Stores the first `lanes` lanes to elements `first`, `first` + 1, …. */
export function storeLanes(code: Code, from: Vector, to: Lanes, first: number, lanes: number): void {
  const { storage, address, laneBytes } = to
  code.region(() => {
    const { width, encode } = storage
    if (laneBytes === width.bytes) return storeNeighbours(code, storage, address, first * width.bytes, from, lanes)
    const encoded = code.keep(encode(code, from))
    for (let lane = 0; lane < lanes; lane++) {
      const at = code.keepInt(i32.add(address, ((first + lane) * laneBytes) | 0))
      width.storeLane({ offset: 0 }, lane, at, encoded)
    }
  })
}

/** x += y, as values of a dtype are computed */
export function addLanes(dtype: DType, x: Vector, y: Vector): void {
  const { compute } = dtypes[dtype]
  local.set(x, compute === 'f32' ? f32x4.add(x, y) : compute === 'bool' ? v128.or(x, y) : i32x4.add(x, y))
}

/** Stores the first min(4, lanes) lanes of f32 side by side, as many as there are at run time (at least one). */
export function storeSome(from: Vector, address: Int, lanes: Int): void {
  i32.ge_u(lanes, 4)
  if_(
    null,
    () => v128.store({}, address, from),
    () => {
      i32.and(lanes, 2)
      if_(
        null,
        () => {
          v128.store64_lane({}, 0, address, from)
          i32.and(lanes, 1)
          if_(null, () => v128.store32_lane({ offset: 8 }, 2, address, from))
        },
        () => v128.store32_lane({}, 0, address, from),
      )
    },
  )
}
