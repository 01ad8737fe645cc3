import { $, f32x4, i32, if_, local, v128 } from 'wasmati'
import type { AttentionKernel } from '../../../../compiler/kernel.ts'
import { sizeOf } from '../../../../shape.ts'
import { defineCode, type Int, type Vector } from '../code.ts'
import { range, setAtMost, whileLess } from '../control.ts'
import { log } from '../math/log.ts'
import type { EmittedKernel, Target } from '../target.ts'
import { storageOf, storeNeighbours } from '../values/storage.ts'
import { keyBlock, layScratch, padded, queryBlock, scoreRow } from './blocks.ts'
import { emitFewQueries, isFew } from './few.ts'
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
import { emitProduct } from './product.ts'
import {
  eachKey,
  eachPanel,
  emitRowsByPanel,
  finishScores,
  packQueries,
  type Panel,
  setQueries,
  setSeen,
  weight,
} from './scores.ts'

type Parts = 'packed' | 'scores' | 'sums' | 'largest' | 'total' | 'factor'

/** Addresses of an item: the parts of its scratch, and its rows. */
interface Item extends Record<Parts, Int> {
  readonly frame: Frame
  readonly kernel: AttentionKernel
  readonly keys: Int
  readonly values: Int
}

export const emitAttention = (kernel: AttentionKernel, target: Target): EmittedKernel =>
  isFew(kernel) ? emitFewQueries(kernel, target) : emitFlash(kernel, target)

/**
 * softmax(Q Kᵀ) V, block of queries by block of queries: for every block of keys, S = Q Kᵀ, then with m the largest
 * score so far and P = exp(S − m): l = l · exp(m' − m) + Σ P, O = O · exp(m' − m) + P V (Milakov & Gimelshein, 2018);
 * at last O / l, and m + log l. A unit is one block of queries of one head.
 */
function emitFlash(kernel: AttentionKernel, target: Target): EmittedKernel {
  const { sizes } = kernel
  const blocks = Math.ceil(sizes.queries / queryBlock)
  const rows = queryBlock
  const { at, bytes } = layScratch<Parts>({
    packed: rows * sizes.channels,
    scores: rows * keyBlock,
    sums: rows * padded(sizes.values),
    largest: rows,
    total: rows,
    factor: rows,
  })
  const func = defineCode(['i32', 'i32', 'i32', 'i32'], target.relaxed, ([args, begin, end, scratch], code) => {
    const frame = makeFrame(code, target, sizes, args, scratch)
    const part = (name: Parts): Int => code.keepInt(i32.add(scratch, at[name]))
    const [packed, scores, sums] = [part('packed'), part('scores'), part('sums')]
    const [largest, total, factor] = [part('largest'), part('total'), part('factor')]
    const [keys, values, rest, offset] = [code.int(), code.int(), code.int(), code.int()]
    setOffset(frame, offset, kernel.offset)
    const item: Item = { frame, kernel, packed, scores, sums, largest, total, factor, keys, values }
    whileLess(begin, end, () => {
      local.set(rest, begin)
      takeDigit(frame.key, rest, blocks)
      setQueries(frame, frame.key, offset)
      takeDigit(frame.head, rest, sizes.heads)
      local.set(frame.kvHead, i32.div_u(frame.head, sizes.heads / sizes.kvHeads))
      local.set(frame.element, rest)
      locateElement(frame)
      emitItem(item)
      local.set(begin, i32.add(begin, 1))
    })
  })
  return { func, units: sizeOf(sizes.batch) * sizes.heads * blocks, scratchBytes: bytes }
}

function emitItem(item: Item): void {
  const { frame, kernel, keys, values, packed, largest, total } = item
  const { code, sizes, query, place, key, keyCount, keysLeft } = frame
  const [rows, last] = [code.int(), code.int()]
  setHead(frame, rows, kernel.query, frame.head)
  addScaled(rows, query, rowBytes(kernel.query))
  packQueries(frame, rows, rowBytes(kernel.query), sizes.channels, packed, sizes.scale)
  setHead(frame, keys, kernel.key, frame.kvHead)
  setHead(frame, values, kernel.value, frame.kvHead)
  for (let at = 0; at < scoreRow; at += 16) {
    v128.store({ offset: at }, largest, code.f32(-Infinity))
    v128.store({ offset: at }, total, code.f32(0))
  }
  local.set(last, sizes.causal ? i32.add(place, queryBlock) : i32.const(sizes.keys))
  setAtMost(last, last, sizes.keys)
  range(key, 0, last, keyBlock, () => {
    local.set(keysLeft, i32.sub(sizes.keys, key))
    local.set(keyCount, i32.sub(last, key))
    setAtMost(keyCount, keyCount, keyBlock)
    emitBlock(item)
    local.set(keys, i32.add(keys, (keyBlock * rowBytes(kernel.key)) | 0))
    local.set(values, i32.add(values, (keyBlock * rowBytes(kernel.value)) | 0))
  })
  finish(item)
}

/** One block of keys: scores and weights panel by panel, then the weighted values. */
function emitBlock(item: Item): void {
  const { frame, kernel, packed, scores, keys, sums, values } = item
  const { code, sizes, key, queryCount, keyCount } = frame
  eachPanel(frame, of => {
    const [from, to] = [code.keepInt(packed), code.keepInt(scores)]
    addScaled(from, of.query, 4 * sizes.channels)
    addScaled(to, of.query, 4)
    const stride = rowBytes(kernel.key)
    emitRowsByPanel(frame, of, { rows: keys, stride, channels: sizes.channels, packed: from, to })
    finishScores(frame, of, to, kernel.bias)
    emitSoftmax(item, of, to)
  })
  if (kernel.results.output === undefined) return
  local.get(key)
  if_(null, () => rescale(item))
  emitProduct(frame, {
    source: 'columns',
    a: scores,
    aStride: scoreRow,
    b: values,
    bStride: rowBytes(kernel.value),
    c: sums,
    cStride: 4 * padded(sizes.values),
    rows: queryCount,
    end: undefined,
    columns: sizes.values,
    span: (row, first, count) => {
      local.set(first, 0)
      if (sizes.causal) setSeen(frame, count, row, 6)
      else local.set(count, keyCount)
    },
    accumulate: key,
  })
}

/** Turns a panel's scores into exp(S − m), with the largest score and the sum of weights so far. */
function emitSoftmax({ frame: { code }, largest, total, factor }: Item, of: Panel, at: Int): void {
  code.region(() => {
    const offset = code.keepInt(i32.mul(of.query, 4))
    const [m, l, f] = [largest, total, factor].map(part => code.keepInt(i32.add(part, offset))) as [Int, Int, Int]
    const halves = [0, 16].map(half => ({ half, before: code.keep(v128.load({ offset: half }, m)) }))
    const most = halves.map(({ before }) => code.keep(before))
    eachKey(code, of, at, row =>
      most.forEach((x, i) => local.set(x, f32x4.pmax(x, v128.load({ offset: 16 * i }, row)))),
    )
    // Where every key is hidden so far, exp(−∞ − 0) = 0.
    const offsets = most.map(x => code.keep(v128.andnot(x, f32x4.eq(x, code.f32(-Infinity)))))
    const sums = halves.map(({ half, before }, i) => {
      v128.store({ offset: half }, m, most[i]!)
      const change = code.keep(weight(code, code.keep(f32x4.sub(before, offsets[i]!))))
      v128.store({ offset: half }, f, change)
      return code.keep(f32x4.mul(change, v128.load({ offset: half }, l)))
    })
    eachKey(code, of, at, row =>
      sums.forEach((sum, i) =>
        code.region(() => {
          const p = code.keep(weight(code, code.keep(f32x4.sub(v128.load({ offset: 16 * i }, row), offsets[i]!))))
          v128.store({ offset: 16 * i }, row, p)
          local.set(sum, f32x4.add(sum, p))
        }),
      ),
    )
    sums.forEach((sum, i) => v128.store({ offset: 16 * i }, l, sum))
  })
}

/** O = O · exp(m' − m) */
function rescale({ frame: { code, sizes, queryCount }, sums, factor }: Item): void {
  const [row, f, x, end] = [code.keepInt(sums), code.keepInt(factor), code.vector(), code.int()]
  local.set(end, i32.add(sums, i32.mul(queryCount, 4 * padded(sizes.values))))
  whileLess(row, end, () => {
    local.set(x, v128.load32_splat({}, f))
    for (let at = 0; at < 4 * sizes.values; at += 16)
      v128.store({ offset: at }, row, f32x4.mul(x, v128.load({ offset: at }, row)))
    local.set(row, i32.add(row, 4 * padded(sizes.values)))
    local.set(f, i32.add(f, 4))
  })
}

/** Writes O / l, and m + log l; 0 and ∞ where l is 0. */
function finish(item: Item): void {
  const { frame, kernel, largest, total, factor } = item
  const { code } = frame
  code.region(() => {
    const at = code.int()
    range(at, 0, scoreRow, 16, () => {
      const [m, l] = [largest, total].map(part => code.keep(v128.load({}, i32.add(part, at)))) as [Vector, Vector]
      const none = code.keep(f32x4.eq(l, code.f32(0)))
      const inverse = code.keep(v128.andnot(f32x4.div(code.f32(1), l), none))
      v128.store({}, i32.add(factor, at), inverse)
      if (kernel.results.logSumExp === undefined) return
      const sum = code.keep(f32x4.add(log(code, l), m))
      v128.bitselect(code.f32(Infinity), sum, none)
      const offset = code.keep($)
      v128.store({}, i32.add(largest, at), offset)
    })
  })
  code.region(() => storeOutput(item))
  code.region(() => storeLogSumExp(item))
}

function storeOutput({ frame, kernel, sums, factor }: Item): void {
  const { code, sizes, query, head, queryCount } = frame
  const operand = kernel.results.output
  if (operand === undefined) return
  const { queries: rows, heads, values: columns } = sizes
  const result = { operand, rows, heads, columns }
  const to = code.int()
  setResult(frame, to, result, head)
  addScaled(to, query, resultRowBytes(result))
  const [row, from, f, x] = [code.int(), code.keepInt(sums), code.keepInt(factor), code.vector()]
  range(row, 0, queryCount, 1, () => {
    local.set(x, v128.load32_splat({}, f))
    for (let at = 0; at < columns; at += 4)
      code.region(() => {
        const scaled = code.keep(f32x4.mul(x, v128.load({ offset: 4 * at }, from)))
        storeNeighbours(code, storageOf('f32'), to, 4 * at, scaled, Math.min(4, columns - at))
      })
    local.set(from, i32.add(from, 4 * padded(columns)))
    local.set(f, i32.add(f, 4))
    local.set(to, i32.add(to, resultRowBytes(result)))
  })
}

function storeLogSumExp({ frame, kernel, largest }: Item): void {
  const { code, sizes, query, head, queryCount } = frame
  const operand = kernel.results.logSumExp
  if (operand === undefined) return
  const to = code.int()
  // [batch…, heads, queries] is a result of one row of `queries` columns for each head.
  setResult(frame, to, { operand, rows: 1, heads: sizes.heads, columns: sizes.queries }, head)
  addScaled(to, query, 4)
  const [row, from] = [code.int(), code.keepInt(largest)]
  range(row, 0, queryCount, 1, () => {
    i32.store({}, to, i32.load({}, from))
    local.set(from, i32.add(from, 4))
    local.set(to, i32.add(to, 4))
  })
}
