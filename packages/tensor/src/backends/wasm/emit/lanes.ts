import { $, i32, if_, local, v128, type Local } from 'wasmati'

type I32 = Local<'i32'>
type V128 = Local<'v128'>

/** Loads four-byte elements `first`, `first` + 1, … at `address` + i · stride into lanes 0 … lanes-1. The other lanes hold anything. */
export function loadLanes(into: V128, address: I32, stride: number, first: number, lanes: number): void {
  if (stride === 4) local.set(into, v128.load({ offset: 4 * first }, address))
  else if (stride === 0 || lanes === 1) local.set(into, v128.load32_splat({}, i32.add(address, (first * stride) | 0)))
  else
    for (let lane = 0; lane < lanes; lane++) {
      i32.add(address, ((first + lane) * stride) | 0)
      local.set(into, v128.load32_lane({}, lane, $, into))
    }
}

/** Stores lanes 0 … lanes-1 to elements `first`, `first` + 1, … at `address` + i · stride. */
export function storeLanes(from: V128, address: I32, stride: number, first: number, lanes: number): void {
  if (stride === 4) storeContiguous(from, address, 4 * first, lanes)
  else
    for (let lane = 0; lane < lanes; lane++) {
      i32.add(address, ((first + lane) * stride) | 0)
      v128.store32_lane({}, lane, $, from)
    }
}

function storeContiguous(from: V128, address: I32, offset: number, lanes: number): void {
  if (lanes === 4) v128.store({ offset }, address, from)
  else {
    if (lanes >= 2) v128.store64_lane({ offset }, 0, address, from)
    if (lanes !== 2) v128.store32_lane({ offset: offset + 4 * (lanes - 1) }, lanes - 1, address, from)
  }
}

/** Stores the first min(4, lanes) lanes, as many as there are at run time (at least one). */
export function storeSome(from: V128, address: I32, lanes: I32): void {
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
