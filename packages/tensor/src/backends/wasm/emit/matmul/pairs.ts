import { f32x4, i16x8, i32, i32x4, i8x16, local, v128 } from 'wasmati'
import type { Code, Int, Vector } from '../code.ts'
import { whileLess } from '../control.ts'
import type { MatmulDType } from './widen.ts'

/** Eight neighbours as two vectors: those at even places, and those at odd ones. */
export interface Pair {
  readonly even: Vector
  readonly odd: Vector
}

/**
 * How eight numbers of 16 bits, loaded at once, become pairs in f32. Each lane of 32 bits holds one of each kind, so
 * that nothing needs to change its lane, as it would to keep the order; sums do not mind.
 */
interface Pairing {
  /** into = the pairs of eight numbers, divided by `scale` */
  readonly widen: (code: Code, bits: Vector, into: Pair) => void
  readonly scale: number
  /** Pushes whether any of the eight numbers at each address is one that `widen` does not know. */
  readonly pushUnknown: ((code: Code, lines: readonly Int[]) => void) | undefined
}

export const pairings: { readonly [D in MatmulDType]?: Pairing } = {
  // bf16 is the upper half of an f32.
  bf16: {
    widen: (code, bits, { even, odd }) => {
      local.set(even, i32x4.shl(bits, 16))
      local.set(odd, v128.and(bits, code.i32(0xffff0000)))
    },
    scale: 1,
    pushUnknown: undefined,
  },
  // f16, moved by 13 bits below its sign, is an f32 but for the bias of its exponent, which is 15 instead of 127.
  f16: {
    widen: (code, bits, { even, odd }) => {
      const magnitude = code.i32(0x8fffe000)
      local.set(even, v128.and(i32x4.dot_i16x8_s(bits, code.i32(1 << 13)), magnitude))
      local.set(odd, v128.and(i32x4.shr_s(bits, 3), magnitude))
    },
    scale: 2 ** 112,
    // Infinities, NaN, and numbers so small that f32 would be slow with them: the exponent is all ones or all zeros.
    pushUnknown: (code, lines) => {
      code.region(() => {
        const least = code.keep(code.i32(-1))
        // The lines are loaded again afterwards: beside sums and constants, no registers are left for them.
        for (const line of lines) {
          const exponents = v128.and(i16x8.add(v128.load({}, line), code.i32(0x04000400)), code.i32(0x78007800))
          local.set(least, i16x8.min_u(exponents, least))
        }
        v128.any_true(i16x8.eq(least, code.i32(0)))
      })
    },
  },
}

/** Pushes whether `count` floats, a multiple of eight, stay finite when they are multiplied by a scale. */
export function pushScalable(code: Code, address: Int, count: Int, scale: number): void {
  const ok = code.keep(code.i32(-1))
  const limit = 2 ** 127 / scale
  const [at, end] = [code.keepInt(address), code.keepInt(i32.add(address, i32.shl(count, 2)))]
  whileLess(at, end, () => {
    local.set(ok, v128.and(ok, f32x4.lt(f32x4.abs(v128.load({}, at)), code.f32(limit))))
    local.set(at, i32.add(at, 16))
  })
  i32x4.all_true(ok)
}

/** into = eight floats as pairs, times a scale */
export function loadFloatPair(code: Code, address: Int, scale: number, { even, odd }: Pair): void {
  const [low, high] = [code.keep(v128.load({}, address)), code.keep(v128.load({ offset: 16 }, address))]
  for (const [into, first] of [
    [even, 0],
    [odd, 1],
  ] as const) {
    local.set(into, i8x16.shuffle(everyOther(first) as never, low, high))
    if (scale !== 1) local.set(into, f32x4.mul(into, code.f32(scale)))
  }
}

/** Byte numbers of words first, first + 2, … of two vectors. */
const everyOther = (first: number): number[] =>
  [0, 2, 4, 6].flatMap(word => [0, 1, 2, 3].map(byte => 4 * (word + first) + byte))
