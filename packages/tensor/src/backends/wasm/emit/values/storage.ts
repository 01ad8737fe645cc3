import { i16x8, i32, i32x4, i8x16, local, v128, type Input } from 'wasmati'
import type { DType } from '../../../../dtype.ts'
import { DTypeError } from '../../../../errors.ts'
import type { Code, Int, OnStack, Vector } from '../code.ts'
import { fromFloat16, toBfloat16, toFloat16 } from '../math/halves.ts'

type Address = Input<'i32'>
type At = { readonly offset: number }
type Convert = (code: Code, x: Vector) => OnStack

/** How four neighbouring elements of some width become four 32-bit lanes, and back. */
interface Width {
  readonly bytes: number
  readonly load: (at: At, address: Address) => OnStack
  readonly splat: (at: At, address: Address) => OnStack
  /** Puts one element into a lane. */
  readonly loadLane: (at: At, lane: number, address: Address, into: Vector) => OnStack
  /** Brings the elements of four lanes together. */
  readonly narrow: Convert
  /** Stores one, two or four elements of narrowed ones, from a lane of that many. */
  readonly storePart: Record<1 | 2 | 4, (at: At, lane: number, address: Address, x: Vector) => void>
  /** Stores a lane that is not narrowed. */
  readonly storeLane: (at: At, lane: number, address: Address, x: Vector) => void
}

const same: Convert = (_, x) => local.get(x)

const words: Width = {
  bytes: 4,
  load: (at, address) => v128.load(at, address),
  splat: (at, address) => v128.load32_splat(at, address),
  loadLane: (at, lane, address, into) => v128.load32_lane(at, lane, address, into),
  narrow: same,
  storePart: {
    1: (at, lane, address, x) => v128.store32_lane(at, lane, address, x),
    2: (at, lane, address, x) => v128.store64_lane(at, lane, address, x),
    4: (at, _, address, x) => v128.store(at, address, x),
  },
  storeLane: (at, lane, address, x) => v128.store32_lane(at, lane, address, x),
}

const pairs: Width = {
  bytes: 2,
  load: (at, address) => i32x4.extend_low_i16x8_u(v128.load64_zero(at, address)),
  splat: (at, address) => i32x4.splat(i32.load16_u(at, address)),
  loadLane: (at, lane, address, into) => i32x4.replace_lane(lane, into, i32.load16_u(at, address)),
  narrow: (_, x) => i16x8.narrow_i32x4_u(x, x),
  storePart: {
    1: (at, lane, address, x) => v128.store16_lane(at, lane, address, x),
    2: (at, lane, address, x) => v128.store32_lane(at, lane, address, x),
    4: (at, lane, address, x) => v128.store64_lane(at, lane, address, x),
  },
  storeLane: (at, lane, address, x) => v128.store16_lane(at, 2 * lane, address, x),
}

const singles: Width = {
  bytes: 1,
  load: (at, address) => i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at, address))),
  splat: (at, address) => i32x4.splat(i32.load8_u(at, address)),
  loadLane: (at, lane, address, into) => i32x4.replace_lane(lane, into, i32.load8_u(at, address)),
  narrow: (code, x) => {
    const low = code.keep(v128.and(x, code.i32(0xff)))
    const narrow = code.keep(i16x8.narrow_i32x4_u(low, low))
    return i8x16.narrow_i16x8_u(narrow, narrow)
  },
  storePart: {
    1: (at, lane, address, x) => v128.store8_lane(at, lane, address, x),
    2: (at, lane, address, x) => v128.store16_lane(at, lane, address, x),
    4: (at, lane, address, x) => v128.store32_lane(at, lane, address, x),
  },
  storeLane: (at, lane, address, x) => v128.store8_lane(at, 4 * lane, address, x),
}

/** How elements of a dtype are stored: their width, and what their bits mean as computed values. */
export interface Storage {
  readonly width: Width
  readonly decode: Convert
  readonly encode: Convert
}

const plain: Storage = { width: words, decode: same, encode: same }

const storages: Record<Exclude<DType, 'f64'>, Storage> = {
  f32: plain,
  i32: plain,
  u32: plain,
  f16: { width: pairs, decode: fromFloat16, encode: toFloat16 },
  bf16: { width: pairs, decode: (_, x) => i32x4.shl(x, 16), encode: toBfloat16 },
  i8: { width: singles, decode: (_, x) => i32x4.shr_s(i32x4.shl(x, 24), 24), encode: same },
  bool: {
    width: singles,
    decode: (code, x) => i32x4.ne(x, code.i32(0)),
    encode: (code, x) => v128.and(x, code.i32(1)),
  },
}

export function storageOf(dtype: DType): Storage {
  if (dtype === 'f64')
    throw new DTypeError('wasm', 'f64 is not supported on this device; cast to f32 or use the reference device')
  return storages[dtype]
}

/** Stores the first `lanes` lanes side by side. */
export function storeNeighbours(
  code: Code,
  { width, encode }: Storage,
  address: Int,
  offset: number,
  x: Vector,
  lanes: number,
): void {
  const narrowed = code.keep(width.narrow(code, code.keep(encode(code, x))))
  if (lanes === 4) width.storePart[4]({ offset }, 0, address, narrowed)
  if (lanes === 2 || lanes === 3) width.storePart[2]({ offset }, 0, address, narrowed)
  if (lanes === 1 || lanes === 3)
    width.storePart[1]({ offset: offset + (lanes - 1) * width.bytes }, lanes - 1, address, narrowed)
}
