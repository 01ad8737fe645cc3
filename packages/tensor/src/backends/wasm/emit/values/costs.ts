import type { Binary, Unary } from '../../../../graph/primitives.ts'
import type { Value } from '../../../../compiler/kernel.ts'

/** About how many instructions a vector takes. */
const costs: Record<Unary | Binary, number> = {
  ...{ neg: 1, abs: 1, sign: 5, floor: 1, ceil: 1, round: 1, trunc: 1, sqrt: 5, rsqrt: 9, not: 1, detach: 0 },
  ...{ exp: 30, log: 40, sin: 120, cos: 120, tanh: 35, erf: 50 },
  ...{ add: 1, sub: 1, mul: 1, div: 4, mod: 100, pow: 250, max: 5, min: 5, less: 1, lessEqual: 1, equal: 1, notEqual: 1 },
  ...{ and: 1, or: 1, xor: 1, shiftLeft: 1, shiftRight: 1 },
}

const otherCosts: Record<Exclude<Value['op'], Unary | Binary>, number> = {
  ...{ load: 1, constant: 0, index: 2, randomBits: 130, gather: 16, where: 1, cast: 2, quantize: 12, bitcast: 0, reduced: 0, product: 1 },
}

export const costOf = (op: Value['op']): number => (op in costs ? costs[op as Unary | Binary] : otherCosts[op as keyof typeof otherCosts])
