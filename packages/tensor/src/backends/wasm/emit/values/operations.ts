import { f32x4, i32x4, local, v128 } from 'wasmati'
import type { ValueType } from '../../../../compiler/kernel.ts'
import type { Binary, Unary } from '../../../../graph/primitives.ts'
import type { Code, OnStack, Vector } from '../code.ts'
import { erf } from '../math/erf.ts'
import { exp } from '../math/exp.ts'
import {
  integerPower,
  integerRemainder,
  quotient,
  shifted,
  unsignedPower,
  unsignedQuotient,
  unsignedRemainder,
} from '../math/integers.ts'
import { log } from '../math/log.ts'
import { power } from '../math/power.ts'
import { remainder } from '../math/remainder.ts'
import { sigmoid } from '../math/sigmoid.ts'
import { cos, sin } from '../math/sine.ts'
import { tanh } from '../math/tanh.ts'
import { casts } from './casts.ts'

export type UnaryRule = (code: Code, x: Vector) => OnStack
/** `known` is the second input where that is a constant. */
export type BinaryRule = (code: Code, a: Vector, b: Vector, known: number | undefined) => OnStack

const same: UnaryRule = (_, x) => local.get(x)

/** The same code for every integer type and, where the result is 0 or not 0 alike, for bool. */
const eachType = (f32: UnaryRule, i32: UnaryRule, u32 = i32, bool = same): Record<ValueType, UnaryRule> => ({
  f32,
  i32,
  u32,
  bool,
})

/** A function of real numbers, which other types reach by way of f32. */
function ofFloat(f32: UnaryRule): Record<ValueType, UnaryRule> {
  const through =
    (type: ValueType): UnaryRule =>
    (code, x) => {
      const result = code.keep(f32(code, code.keep(casts[type].f32(code, x))))
      return casts.f32[type](code, result)
    }
  return { f32, i32: through('i32'), u32: through('u32'), bool: through('bool') }
}

export const unaryRules: Record<Unary, Record<ValueType, UnaryRule>> = {
  neg: eachType(
    (_, x) => f32x4.neg(x),
    (_, x) => i32x4.neg(x),
  ),
  abs: eachType(
    (_, x) => f32x4.abs(x),
    (_, x) => i32x4.abs(x),
    same,
  ),
  // 0 for NaN, as torch.sign
  sign: eachType(
    (code, x) =>
      f32x4.sub(v128.and(f32x4.gt(x, code.f32(0)), code.f32(1)), v128.and(f32x4.lt(x, code.f32(0)), code.f32(1))),
    (code, x) => i32x4.sub(i32x4.lt_s(x, code.i32(0)), i32x4.gt_s(x, code.i32(0))),
    (code, x) => v128.and(i32x4.ne(x, code.i32(0)), code.i32(1)),
  ),
  floor: eachType((_, x) => f32x4.floor(x), same),
  ceil: eachType((_, x) => f32x4.ceil(x), same),
  round: eachType((_, x) => f32x4.nearest(x), same),
  trunc: eachType((_, x) => f32x4.trunc(x), same),
  sqrt: ofFloat((_, x) => f32x4.sqrt(x)),
  rsqrt: ofFloat((code, x) => f32x4.div(code.f32(1), f32x4.sqrt(x))),
  exp: ofFloat(exp),
  log: ofFloat(log),
  sin: ofFloat(sin),
  cos: ofFloat(cos),
  tanh: ofFloat(tanh),
  sigmoid: ofFloat(sigmoid),
  erf: ofFloat(erf),
  not: {
    f32: (code, x) => v128.and(f32x4.eq(x, code.f32(0)), code.f32(1)),
    i32: (code, x) => v128.and(i32x4.eq(x, code.i32(0)), code.i32(1)),
    u32: (code, x) => v128.and(i32x4.eq(x, code.i32(0)), code.i32(1)),
    bool: (_, x) => v128.not(x),
  },
  detach: eachType(same, same),
}

type Pair = (a: Vector, b: Vector) => OnStack

/** Rules that need nothing but their inputs. */
const plain = (f32: Pair, i32: Pair, u32: Pair, bool: Pair): Record<ValueType, BinaryRule> => {
  const rule =
    (pair: Pair): BinaryRule =>
    (_, a, b) =>
      pair(a, b)
  return { f32: rule(f32), i32: rule(i32), u32: rule(u32), bool: rule(bool) }
}

const and: Pair = (a, b) => v128.and(a, b)
const or: Pair = (a, b) => v128.or(a, b)
const xor: Pair = (a, b) => v128.xor(a, b)
const andNot: Pair = (a, b) => v128.andnot(a, b)
const orNot: Pair = (a, b) => v128.or(a, v128.not(b))
const bitwise = (pair: Pair): Record<ValueType, BinaryRule> => plain(pair, pair, pair, pair)

/** `pmax` and `pmin` take one instruction instead of eight, and keep a NaN that is their first operand. */
const isNumber = (known: number | undefined): boolean => known !== undefined && !Number.isNaN(known)

const shiftBy =
  (shift: (x: Vector, by: number) => OnStack): BinaryRule =>
  (code, a, b, known) =>
    known === undefined ? shifted(code, a, b, shift) : shift(a, known & 31)

const left = shiftBy((x, by) => i32x4.shl(x, by))
const right = shiftBy((x, by) => i32x4.shr_s(x, by))
const rightUnsigned = shiftBy((x, by) => i32x4.shr_u(x, by))

/** Powers that few multiplications give within 2 ulp. */
const knownPowers: ReadonlyMap<number | undefined, UnaryRule> = new Map<number | undefined, UnaryRule>([
  [1, same],
  [2, (_, x) => f32x4.mul(x, x)],
  [3, (_, x) => f32x4.mul(f32x4.mul(x, x), x)],
  [-1, (code, x) => f32x4.div(code.f32(1), x)],
])

/** Operations whose inputs may change places, to bring a constant to the second. */
export const swappable: ReadonlySet<Binary> = new Set<Binary>(['max', 'min'])

/** Masks of bool are all ones where true: arithmetic on 0 and 1 turns into logic. */
export const binaryRules: Record<Binary, Record<ValueType, BinaryRule>> = {
  add: plain(
    (a, b) => f32x4.add(a, b),
    (a, b) => i32x4.add(a, b),
    (a, b) => i32x4.add(a, b),
    or,
  ),
  sub: plain(
    (a, b) => f32x4.sub(a, b),
    (a, b) => i32x4.sub(a, b),
    (a, b) => i32x4.sub(a, b),
    xor,
  ),
  mul: plain(
    (a, b) => f32x4.mul(a, b),
    (a, b) => i32x4.mul(a, b),
    (a, b) => i32x4.mul(a, b),
    and,
  ),
  div: { f32: (_, a, b) => f32x4.div(a, b), i32: quotient, u32: unsignedQuotient, bool: (_, a, b) => v128.and(a, b) },
  mod: { f32: remainder, i32: integerRemainder, u32: unsignedRemainder, bool: (_, a) => v128.xor(a, a) },
  pow: {
    f32: (code, a, b, known) => (knownPowers.get(known) ?? power)(code, a, b),
    i32: integerPower,
    u32: unsignedPower,
    bool: (_, a, b) => orNot(a, b),
  },
  max: {
    ...plain(
      (a, b) => f32x4.max(a, b),
      (a, b) => i32x4.max_s(a, b),
      (a, b) => i32x4.max_u(a, b),
      or,
    ),
    f32: (_, a, b, known) => (isNumber(known) ? f32x4.pmax(a, b) : f32x4.max(a, b)),
  },
  min: {
    ...plain(
      (a, b) => f32x4.min(a, b),
      (a, b) => i32x4.min_s(a, b),
      (a, b) => i32x4.min_u(a, b),
      and,
    ),
    f32: (_, a, b, known) => (isNumber(known) ? f32x4.pmin(a, b) : f32x4.min(a, b)),
  },
  less: plain(
    (a, b) => f32x4.lt(a, b),
    (a, b) => i32x4.lt_s(a, b),
    (a, b) => i32x4.lt_u(a, b),
    (a, b) => v128.andnot(b, a),
  ),
  lessEqual: plain(
    (a, b) => f32x4.le(a, b),
    (a, b) => i32x4.le_s(a, b),
    (a, b) => i32x4.le_u(a, b),
    (a, b) => orNot(b, a),
  ),
  equal: plain(
    (a, b) => f32x4.eq(a, b),
    (a, b) => i32x4.eq(a, b),
    (a, b) => i32x4.eq(a, b),
    (a, b) => i32x4.eq(a, b),
  ),
  notEqual: plain(
    (a, b) => f32x4.ne(a, b),
    (a, b) => i32x4.ne(a, b),
    (a, b) => i32x4.ne(a, b),
    xor,
  ),
  and: bitwise(and),
  or: bitwise(or),
  xor: bitwise(xor),
  shiftLeft: { f32: left, i32: left, u32: left, bool: (_, a) => local.get(a) },
  shiftRight: { f32: rightUnsigned, i32: right, u32: rightUnsigned, bool: (_, a, b) => andNot(a, b) },
}
