import { $, call, f32x4, i32, i32x4, if_, local, select, v128 } from 'wasmati'
import type { AttentionInput } from '../../../../compiler/kernel.ts'
import type { Code, Int, OnStack, Vector } from '../code.ts'
import { range, setAtMost, whileLess } from '../control.ts'
import { packLinesRoutine } from '../matmul/routines.ts'
import { tileRows } from '../matmul/tile.ts'
import { expNormal } from '../math/exp.ts'
import { causalMargin, panel, queryBlock, scoreRow } from './blocks.ts'
import { addScaled, type Frame, setHead } from './frame.ts'
import { emitProduct } from './product.ts'

/** Packs the rows of a block of queries from `from` on into panels [channel][8 queries] at `to`, times a factor. */
export function packQueries(
  { code, queryCount }: Frame,
  from: Int,
  stride: number,
  channels: number,
  to: Int,
  factor: number,
): void {
  code.region(() => {
    const [row, line, into, left] = [code.int(), code.int(), code.int(), code.int()]
    local.set(line, from)
    local.set(into, to)
    range(row, 0, queryCount, panel, () => {
      local.set(left, i32.sub(queryCount, row))
      call(packLinesRoutine('along', 'f32'), [line, into, channels, stride | 0, 4, left])
      local.set(line, i32.add(line, (panel * stride) | 0))
      local.set(into, i32.add(into, 4 * panel * channels))
    })
    if (factor === 1) return
    range(row, to, into, 16, () => v128.store({}, row, f32x4.mul(v128.load({}, row), code.f32(factor))))
  })
}

/** Where a block's first and its present panel of scores lie, and how many keys the panel needs. */
export interface Panel {
  /** The panel's first query within the block. */
  readonly query: Int
  readonly keys: Int
}

/** Runs `body` for every panel of the block of queries. */
export function eachPanel(frame: Frame, body: (of: Panel) => void): void {
  const { code, sizes, queryCount, keyCount } = frame
  code.region(() => {
    const of = { query: code.int(), keys: code.int() }
    range(of.query, 0, queryCount, panel, () => {
      if (sizes.causal) setSeen(frame, of.keys, of.query, causalMargin)
      else local.set(of.keys, keyCount)
      body(of)
    })
  })
}

/** into = how many of the block's keys the queries before `query` + `margin` see; behind an offset, none perhaps */
export function setSeen({ place: first, key, keyCount }: Frame, into: Int, query: Int, margin: number): void {
  local.set(into, i32.add(i32.add(first, query), margin))
  local.get(into)
  local.get(key)
  i32.gt_u(into, key)
  select()
  local.set(into, i32.sub($, key))
  setAtMostOf(into, keyCount)
}

/** into = min(into, most), unsigned */
export function setAtMostOf(into: Int, most: Int): void {
  local.get(into)
  local.get(most)
  i32.lt_u(into, most)
  select()
  local.set(into)
}

/** to[key][8 queries] = rows · panel: products of `keys` rows, `stride` apart, with a packed panel. */
export function emitRowsByPanel(
  frame: Frame,
  { keys }: Panel,
  { rows, stride, channels, packed, to }: { rows: Int; stride: number; channels: number; packed: Int; to: Int },
): void {
  emitProduct(frame, {
    source: 'rows',
    a: rows,
    aStride: stride,
    b: packed,
    bStride: 4 * panel,
    c: to,
    cStride: scoreRow,
    rows: keys,
    end: { left: frame.keysLeft, tail: frame.sizes.keys % tileRows },
    columns: panel,
    span: (_, first, count) => {
      local.set(first, 0)
      local.set(count, channels)
    },
    accumulate: 0,
  })
}

/** Adds the bias to a panel of scores at `at`, and hides keys behind their queries. */
export function finishScores(frame: Frame, of: Panel, at: Int, bias: AttentionInput | undefined): void {
  const { code, sizes, place, key } = frame
  if (bias !== undefined) code.region(() => addBias(frame, of, at, bias))
  if (!sizes.causal) return
  // Some of the panel's keys lie behind its first query.
  i32.gt_u(i32.add(key, of.keys), i32.add(i32.add(place, of.query), 1))
  if_(null, () => code.region(() => hideFuture(frame, of, at)))
}

/** scores[key][query] += bias[query][key]; lanes past the last query read its row again. */
function addBias(frame: Frame, of: Panel, at: Int, bias: AttentionInput): void {
  const { code, queryCount, query, key, head } = frame
  const [queryStride, keyStride] = bias.map.strides.slice(-2).map(stride => 4 * stride) as [number, number]
  const first = code.int()
  setHead(frame, first, bias, head)
  addScaled(first, query, queryStride)
  addScaled(first, of.query, queryStride)
  addScaled(first, key, keyStride)
  const lines = [first]
  const left = code.keepInt(i32.sub(queryCount, of.query))
  while (queryStride !== 0 && lines.length < panel) {
    const before = lines.at(-1)!
    i32.add(before, queryStride | 0)
    local.get(before)
    i32.lt_u(lines.length, left)
    select()
    lines.push(code.keepInt($))
  }
  eachKey(code, of, at, row => {
    const x = code.vector()
    for (const half of [0, 1]) {
      if (queryStride === 0) local.set(x, v128.load32_splat({}, first))
      else for (const lane of [0, 1, 2, 3]) local.set(x, v128.load32_lane({}, lane, lines[4 * half + lane]!, x))
      v128.store({ offset: 16 * half }, row, f32x4.add(v128.load({ offset: 16 * half }, row), x))
    }
    for (const line of lines) local.set(line, i32.add(line, keyStride | 0))
  })
}

function hideFuture({ code, place, key }: Frame, of: Panel, at: Int): void {
  const lanes = code.lanes(Int32Array.of(0, 1, 2, 3))
  const low = code.keep(i32x4.add(i32x4.splat(i32.add(place, of.query)), lanes))
  const high = code.keep(i32x4.add(low, code.i32(4)))
  const position = code.keep(i32x4.splat(key))
  eachKey(code, of, at, row => {
    ;[low, high].forEach((queries, half) => {
      v128.bitselect(code.f32(-Infinity), v128.load({ offset: 16 * half }, row), i32x4.gt_s(position, queries))
      const hidden = code.keep($)
      v128.store({ offset: 16 * half }, row, hidden)
    })
    local.set(position, i32x4.add(position, code.i32(1)))
  })
}

/** Runs `body` with the address of each of a panel's rows of scores. */
export function eachKey(code: Code, { keys }: Panel, at: Int, body: (row: Int) => void): void {
  code.region(() => {
    const row = code.keepInt(at)
    const end = code.keepInt(i32.add(at, i32.mul(keys, scoreRow)))
    whileLess(row, end, () => {
      body(row)
      local.set(row, i32.add(row, scoreRow))
    })
  })
}

/** exp x of x ≤ 1 or NaN; 0 below −87.7, where it would not be a normal number. */
export const weight = (code: Code, x: Vector): OnStack => expNormal(code, code.keep(f32x4.pmax(x, code.f32(-88))))

/** Takes a block of queries, counted from 0, that so many keys stand before. */
export function setQueries({ sizes, query, place, queryCount }: Frame, block: Int, offset: Int | number = 0): void {
  local.set(query, i32.mul(block, queryBlock))
  local.set(place, i32.add(query, offset))
  local.set(queryCount, i32.sub(sizes.queries, query))
  setAtMost(queryCount, queryCount, queryBlock)
}
