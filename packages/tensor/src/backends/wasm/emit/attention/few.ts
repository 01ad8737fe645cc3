import { $, call, f32x4, i32, i8x16, local, v128 } from 'wasmati'
import type { AttentionInput, AttentionKernel } from '../../../../compiler/kernel.ts'
import { sizeOf } from '../../../../shape.ts'
import { defineCode, type Code, type Int, type OnStack, type Vector } from '../code.ts'
import { range, setAtMost, whileLess } from '../control.ts'
import { log } from '../math/log.ts'
import { flatRoutine } from '../matmul/routines.ts'
import type { EmittedKernel, Target } from '../target.ts'
import { layScratch, panel } from './blocks.ts'
import {
  addScaled,
  type Frame,
  locateElement,
  makeFrame,
  resultRowBytes,
  rowBytes,
  setHead,
  setOffset,
  setResult,
  takeDigit,
} from './frame.ts'
import { weight } from './scores.ts'

/** Addresses of a query's row, of its head's keys and values, and of its scores, of which there are `count`. */
interface Row {
  readonly query: Int
  readonly keys: Int
  readonly values: Int
  readonly scores: Int
  readonly count: Int
  /** Where the scores end. */
  readonly end: Int
}

/** Whether the queries do not fill a panel. */
export const isFew = ({ sizes }: AttentionKernel): boolean => sizes.queries < panel

/**
 * softmax(Q Kᵀ) V, query by query, with channels in the lanes of vectors: for the few queries of a decoding step, whose
 * time goes into reading keys and values. Of those, only what the query sees is read. A unit is one head.
 */
export function emitFewQueries(kernel: AttentionKernel, target: Target): EmittedKernel {
  const { sizes } = kernel
  const { bytes } = layScratch({ scores: sizes.keys + 4 })
  const func = defineCode(['i32', 'i32', 'i32', 'i32'], target.relaxed, ([args, begin, end, scratch], code) => {
    const frame = makeFrame(code, target, sizes, args, scratch)
    const [rest, offset] = [code.int(), code.int()]
    const row = { query: code.int(), keys: code.int(), values: code.int(), count: code.int(), end: code.int() }
    setOffset(frame, offset, kernel.offset)
    whileLess(begin, end, () => {
      local.set(rest, begin)
      takeDigit(frame.head, rest, sizes.heads)
      local.set(frame.kvHead, i32.div_u(frame.head, sizes.heads / sizes.kvHeads))
      local.set(frame.element, rest)
      locateElement(frame)
      setHead(frame, row.keys, kernel.key, frame.kvHead)
      setHead(frame, row.values, kernel.value, frame.kvHead)
      setHead(frame, row.query, kernel.query, frame.head)
      range(frame.query, 0, sizes.queries, 1, () => {
        emitQuery(frame, kernel, offset, { ...row, scores: scratch })
        local.set(row.query, i32.add(row.query, rowBytes(kernel.query) | 0))
      })
      local.set(begin, i32.add(begin, 1))
    })
  })
  return { func, units: sizeOf(sizes.batch) * sizes.heads, scratchBytes: bytes }
}

function emitQuery(frame: Frame, kernel: AttentionKernel, offset: Int, row: Row): void {
  const { code, sizes, target, query } = frame
  const { scores, count, end } = row
  if (sizes.causal) local.set(count, i32.add(i32.add(query, offset), 1))
  else local.set(count, sizes.keys)
  setAtMost(count, count, sizes.keys)
  const products = flatRoutine(1, 'along', 'f32', target)
  call(products, [row.query, row.keys, scores, sizes.channels, count, 0, rowBytes(kernel.key) | 0, 0])
  local.set(end, i32.add(scores, i32.shl(count, 2)))
  code.region(() => {
    scaleScores(frame, row, kernel.bias)
    v128.store({}, end, code.f32(-Infinity))
    const { largest, total } = softmax(code, row)
    storeLogSumExp(frame, kernel, largest, total)
  })
  code.region(() => storeOutput(frame, kernel, row))
}

/** S = scale · S + bias */
function scaleScores(frame: Frame, { scores, end }: Row, bias: AttentionInput | undefined): void {
  const { code, sizes, query, head } = frame
  const [at, x] = [code.keepInt(scores), code.vector()]
  if (bias === undefined)
    return whileLess(at, end, () => {
      v128.store({}, at, f32x4.mul(v128.load({}, at), code.f32(sizes.scale)))
      local.set(at, i32.add(at, 16))
    })
  const [queryStride, keyStride] = bias.map.strides.slice(-2).map(stride => 4 * stride) as [number, number]
  const from = code.int()
  setHead(frame, from, bias, head)
  addScaled(from, query, queryStride)
  whileLess(at, end, () => {
    const scaled = f32x4.mul(v128.load32_splat({}, at), code.f32(sizes.scale))
    local.set(x, f32x4.add(scaled, v128.load32_splat({}, from)))
    v128.store32_lane({}, 0, at, x)
    local.set(at, i32.add(at, 4))
    local.set(from, i32.add(from, keyStride | 0))
  })
}

/** Turns scores into weights: with m the largest and l = Σ exp(S − m), exp(S − m) / l; 0 where every key is hidden. */
function softmax(code: Code, { scores, end }: Row): { largest: Vector; total: Vector } {
  const at = code.int()
  const each = (body: () => void): void => range(at, scores, end, 16, () => code.region(body))
  const largest = code.keep(code.f32(-Infinity))
  each(() => local.set(largest, f32x4.pmax(largest, v128.load({}, at))))
  acrossLanes(code, largest, (a, b) => f32x4.pmax(a, b))
  // Where every key is hidden, exp(−∞ − 0) = 0.
  const shift = code.keep(v128.andnot(largest, f32x4.eq(largest, code.f32(-Infinity))))
  const total = code.keep(code.f32(0))
  each(() => {
    const p = code.keep(weight(code, code.keep(f32x4.sub(v128.load({}, at), shift))))
    v128.store({}, at, p)
    local.set(total, f32x4.add(total, p))
  })
  acrossLanes(code, total, (a, b) => f32x4.add(a, b))
  const inverse = code.keep(v128.andnot(f32x4.div(code.f32(1), total), f32x4.eq(total, code.f32(0))))
  each(() => v128.store({}, at, f32x4.mul(v128.load({}, at), inverse)))
  return { largest, total }
}

/** Every lane of x becomes (0 ∘ 2) ∘ (1 ∘ 3). */
function acrossLanes(code: Code, x: Vector, combine: (a: Vector, b: Vector) => OnStack): void {
  for (const distance of [8, 4]) {
    const turned = Array.from({ length: 16 }, (_, i) => i ^ distance)
    const other = code.keep(i8x16.shuffle(turned as never, x, x))
    local.set(x, combine(x, other))
  }
}

function storeOutput(frame: Frame, kernel: AttentionKernel, { scores, values, count }: Row): void {
  const { code, sizes, target, query, head } = frame
  const operand = kernel.results.output
  if (operand === undefined) return
  const result = { operand, rows: sizes.queries, heads: sizes.heads, columns: sizes.values }
  const to = code.int()
  setResult(frame, to, result, head)
  addScaled(to, query, resultRowBytes(result))
  const products = flatRoutine(1, 'across', 'f32', target)
  call(products, [scores, values, to, count, sizes.values, 0, rowBytes(kernel.value) | 0, 0])
}

/** m + log l, ∞ where l is 0 */
function storeLogSumExp(frame: Frame, kernel: AttentionKernel, largest: Vector, total: Vector): void {
  const { code, sizes, query, head } = frame
  const operand = kernel.results.logSumExp
  if (operand === undefined) return
  const to = code.int()
  setResult(frame, to, { operand, rows: 1, heads: sizes.heads, columns: sizes.queries }, head)
  addScaled(to, query, 4)
  const sum = code.keep(f32x4.add(log(code, total), largest))
  v128.bitselect(code.f32(Infinity), sum, f32x4.eq(total, code.f32(0)))
  v128.store32_lane({}, 0, to, code.keep($))
}
