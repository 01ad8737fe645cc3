import { $, i32x4, local, v128 } from 'wasmati'
import type { Code, OnStack, Vector } from '../code.ts'

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const

/** The first word of Threefry-2x32 with 20 rounds for the counter (position, 0), as `backends/reference/threefry.ts`. */
export function threefry(code: Code, key0: Vector, key1: Vector, position: Vector): OnStack {
  const key2 = code.keep(v128.xor(v128.xor(key0, key1), code.i32(0x1bd11bda)))
  const keys = [key0, key1, key2]
  const x0 = code.keep(i32x4.add(position, key0))
  const x1 = code.keep(key1)
  for (let group = 0; group < 5; group++) {
    for (const by of rotations[group % 2]!) {
      local.set(x0, i32x4.add(x0, x1))
      v128.or(i32x4.shl(x1, by), i32x4.shr_u(x1, 32 - by))
      local.set(x1, v128.xor($, x0))
    }
    local.set(x0, i32x4.add(x0, keys[(group + 1) % 3]!))
    local.set(x1, i32x4.add(i32x4.add(x1, keys[(group + 2) % 3]!), code.i32(group + 1)))
  }
  return local.get(x0)
}
