import { $, f64, func, i32, i64, if_, local, return_, select, type Local } from 'wasmati'

/** 2/π after the binary point, 32 bits a word. */
const twoOverPi = [0xa2f9836en, 0x4e441529n, 0xfc2757d1n, 0xf534ddc0n, 0xdb629599n, 0x3c439041n, 0xfe5163abn]
const limit = 2 ** 26

/** Pushes words[first], words[first + 1] as one number, for the `first` at hand. */
function pushWords(first: Local<'i32'>, offset: number): void {
  const pairAt = (at: number): bigint => BigInt.asIntN(64, (twoOverPi[at]! << 32n) | twoOverPi[at + 1]!)
  i64.const(pairAt(offset))
  for (let at = 1; at <= 3; at++) {
    i64.const(pairAt(offset + at))
    i32.ne(first, at)
    select()
  }
}

/**
 * (x: f64) → f64: an angle that x, an f32, equals up to whole turns, to 2⁻⁵⁰; x itself up to 2²⁶. By Payne and Hanek: of x =
 * m · 2ᵗ times 2/π only the digits of 2/π behind the one of weight 2²⁻ᵗ make less than four quarter turns.
 */
export const wrapAngle = func(
  { in: [f64], locals: [i32, i32, i64, i64, i64], out: [f64] },
  ([x], [at, first, m, high, low]) => {
    f64.le(f64.abs(x), limit)
    if_(null, () => {
      local.get(x)
      return_()
    })
    i64.reinterpret_f64(f64.abs(x))
    local.set(high)
    // x − x is NaN where x is not finite.
    i64.ge_u(high, 0x7ff0000000000000n)
    if_(null, () => {
      f64.sub(x, x)
      return_()
    })
    local.set(at, i32.wrap_i64(i64.shr_u(high, 52n)))
    local.set(at, i32.sub(at, 1023 + 23 + 2))
    i64.or(i64.and(high, 0xfffffffffffffn), 0x10000000000000n)
    local.set(m, i64.shr_u($, 29n))
    local.set(first, i32.shr_u(at, 5))
    i64.extend_i32_u(i32.and(at, 31))
    local.set(low)
    pushWords(first, 0)
    i64.shl($, low)
    pushWords(first, 2)
    i64.shr_u(i64.shr_u($, 1n), i64.sub(63n, low))
    i64.or()
    local.set(high)
    pushWords(first, 2)
    i64.shr_u(i64.shl($, low), 32n)
    local.set(low)
    i64.add(i64.mul(m, high), i64.shr_u(i64.mul(m, low), 32n))
    f64.mul(f64.convert_i64_u($), (2 * Math.PI) / 2 ** 64)
    f64.copysign($, x)
  },
)
