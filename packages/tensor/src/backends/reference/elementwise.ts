import { type DType, isFloat } from '../../dtype.ts'
import type { Binary, Unary } from '../../graph/primitives.ts'
import { erf } from './erf.ts'
import { roundHalfToEven } from './floats.ts'
import { multiply } from './rounding.ts'
import type { Evaluate, Rules } from './value.ts'

const eachOf =
  (rule: (x: number) => number): Evaluate<Unary> =>
  (_, x) =>
    x.numbers.map(rule)

const identity: Evaluate<Unary> = (_, x) => x.numbers

export const unaryRules: Rules<Unary> = {
  neg: eachOf(x => -x),
  abs: eachOf(Math.abs),
  // torch.sign of NaN is 0.
  sign: eachOf(x => Number(x > 0) - Number(x < 0)),
  floor: eachOf(Math.floor),
  ceil: eachOf(Math.ceil),
  round: eachOf(roundHalfToEven),
  trunc: eachOf(Math.trunc),
  sqrt: eachOf(Math.sqrt),
  rsqrt: eachOf(x => 1 / Math.sqrt(x)),
  exp: eachOf(Math.exp),
  log: eachOf(Math.log),
  sin: eachOf(Math.sin),
  cos: eachOf(Math.cos),
  tanh: eachOf(Math.tanh),
  sigmoid: eachOf(x => 1 / (1 + Math.exp(-x))),
  erf: eachOf(erf),
  not: eachOf(x => (x === 0 ? 1 : 0)),
  detach: identity,
}

type Combine = (a: number, b: number) => number

const eachPair =
  (float: Combine, integer: Combine = float): Evaluate<Binary> =>
  (_, a, b) => {
    const combine = isFloat(a.dtype) ? float : integer
    return a.numbers.map((x, i) => combine(x, b.numbers[i]!))
  }

export const binaryRules: Rules<Binary> = {
  add: eachPair((a, b) => a + b),
  sub: eachPair((a, b) => a - b),
  mul: (_, a, b) => a.numbers.map((x, i) => multiply[a.dtype](x, b.numbers[i]!)),
  div: eachPair(
    (a, b) => a / b,
    (a, b) => (b === 0 ? 0 : Math.trunc(a / b)),
  ),
  mod: eachPair(remainder, (a, b) => (b === 0 ? 0 : remainder(a, b))),
  pow: (_, a, b) =>
    a.numbers.map((x, i) => (isFloat(a.dtype) ? power(x, b.numbers[i]!) : integerPower(x, b.numbers[i]!, a.dtype))),
  max: eachPair(Math.max),
  min: eachPair(Math.min),
  less: eachPair((a, b) => Number(a < b)),
  lessEqual: eachPair((a, b) => Number(a <= b)),
  equal: eachPair((a, b) => Number(a === b)),
  notEqual: eachPair((a, b) => Number(a !== b)),
  and: eachPair((a, b) => a & b),
  or: eachPair((a, b) => a | b),
  xor: eachPair((a, b) => a ^ b),
  shiftLeft: eachPair((a, b) => a << b),
  // For a ≥ 0 both shifts agree where a fits i32; only u32 holds more.
  shiftRight: eachPair((a, b) => (a < 0 ? a >> b : a >>> b)),
}

export const where: Evaluate<'where'> = (_, condition, a, b) =>
  condition.numbers.map((c, i) => (c ? a.numbers[i]! : b.numbers[i]!))

function remainder(a: number, b: number): number {
  const rest = a % b
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest
}

/** C's pow, which gives 1 for 1 to any power, even NaN, and for −1 to an infinite one; JavaScript gives NaN. */
function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && Math.abs(b) === Infinity)) return 1
  return a ** b
}

/** Wraps like repeated multiplication; a negative exponent gives the reciprocal, truncated. */
function integerPower(a: number, b: number, dtype: DType): number {
  if (b < 0) return a === 1 ? 1 : a === -1 ? (b % 2 === 0 ? 1 : -1) : 0
  let result = 1
  let square = a
  for (let rest = b; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply[dtype](result, square)
    square = multiply[dtype](square, square)
  }
  return result
}
