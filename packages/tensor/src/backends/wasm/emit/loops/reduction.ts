import { f32x4, local, v128 } from 'wasmati'
import type { ValueType } from '../../../../compiler/kernel.ts'
import type { Reduction } from '../../../../graph/primitives.ts'
import type { Code, Vector } from '../code.ts'
import { constantOf } from '../values/evaluation.ts'
import { firstLanes } from '../values/gather.ts'
import { combineAll, combineLanes, type Accumulator, type Combine, type Shape } from './accumulator.ts'
import { reducers } from './reducers.ts'

/** One partial result for every vector that is handled at once. */
function partsOf(
  code: Code,
  op: Reduction,
  type: ValueType,
  { vectors, columns }: Shape,
): Pick<Accumulator, 'start' | 'add'> & { parts: readonly Vector[] } {
  const { identity, combine } = reducers[op][type]
  const nothing = constantOf(code, type, identity)
  const parts = Array.from({ length: vectors }, code.vector)
  return {
    parts,
    start: () => parts.forEach(part => local.set(part, nothing)),
    add(_, x, { lanes }, i) {
      const meant = columns || lanes === 4 ? x : code.keep(v128.bitselect(x, nothing, firstLanes(code, lanes)))
      local.set(parts[i]!, combine(parts[i]!, meant))
    },
  }
}

export function plainReduction(code: Code, op: Reduction, type: ValueType, shape: Shape): Accumulator {
  const { parts, start, add } = partsOf(code, op, type, shape)
  const { combine } = reducers[op][type]
  const finish = (): readonly Vector[] =>
    shape.columns ? parts : [combineLanes(code, combineAll(code, parts, combine), combine)]
  return { start, add, flush: () => {}, finish }
}

/**
 * The largest f32, or NaN if there is one. `pmax` takes one instruction where `max`, which knows NaN, takes eight; as it
 * passes over a NaN in its second operand, those are collected apart.
 */
export function largest(code: Code, { vectors, columns }: Shape): Accumulator {
  const parts = Array.from({ length: vectors }, () => ({ most: code.vector(), nan: code.vector() }))
  const more: Combine = (a, b) => f32x4.pmax(a, b)
  const either: Combine = (a, b) => v128.or(a, b)
  return {
    start() {
      for (const { most, nan } of parts) {
        local.set(most, code.f32(-Infinity))
        local.set(nan, code.f32(0))
      }
    },
    add(_, x, { lanes }, i) {
      const { most, nan } = parts[i]!
      const meant =
        columns || lanes === 4 ? x : code.keep(v128.bitselect(x, code.f32(-Infinity), firstLanes(code, lanes)))
      local.set(most, f32x4.pmax(most, meant))
      local.set(nan, v128.or(nan, f32x4.ne(meant, meant)))
    },
    flush: () => {},
    finish() {
      if (columns) return parts.map(({ most, nan }) => code.keep(v128.or(most, nan)))
      const most = combineAll(
        code,
        parts.map(part => part.most),
        more,
      )
      const nan = combineAll(
        code,
        parts.map(part => part.nan),
        either,
      )
      return [code.keep(v128.or(combineLanes(code, most, more), combineLanes(code, nan, either)))]
    },
  }
}

interface Total {
  readonly high: Vector
  readonly low: Vector
}

/**
 * A sum of many f32: blocks of few additions, whose sums a total takes in together with what its own rounding loses, so
 * that the error does not grow with the number of blocks.
 */
export function compensatedSum(code: Code, shape: Shape): Accumulator {
  const { parts, start, add } = partsOf(code, 'sum', 'f32', shape)
  const { combine } = reducers.sum.f32
  const totals = Array.from({ length: shape.columns ? shape.vectors : 1 }, (): Total => ({
    high: code.vector(),
    low: code.vector(),
  }))
  const flush = (): void =>
    code.region(() => {
      const sums = shape.columns ? parts : [combineAll(code, parts, combine)]
      sums.forEach((sum, i) => addTo(code, totals[i]!, sum))
      start()
    })
  return {
    start() {
      start()
      for (const { high, low } of totals) for (const part of [high, low]) local.set(part, code.f32(0))
    },
    add,
    flush,
    finish() {
      flush()
      const sums = totals.map(total => rounded(code, total))
      return shape.columns ? sums : [combineLanes(code, sums[0]!, combine)]
    },
  }
}

/** high + low += x. Knuth's two-sum: s = high + x loses exactly (high − (s − v)) + (x − v), where v = s − high. */
function addTo(code: Code, { high, low }: Total, x: Vector): void {
  const sum = code.keep(f32x4.add(high, x))
  const virtual = code.keep(f32x4.sub(sum, high))
  const lost = code.keep(f32x4.add(f32x4.sub(high, f32x4.sub(sum, virtual)), f32x4.sub(x, virtual)))
  local.set(low, f32x4.add(low, lost))
  local.set(high, sum)
}

/** high + low; infinite sums lose NaN. */
const rounded = (code: Code, { high, low }: Total): Vector => {
  const finite = code.keep(f32x4.eq(low, low))
  return code.keep(f32x4.add(high, v128.and(low, finite)))
}
