import { i32, i8x16, local, select, v128, type Func, type Local } from 'wasmati'
import { define, type Locals } from '../define.ts'
import { countDown } from '../control.ts'
import { tileColumns } from './tile.ts'
import { widenings, type MatmulDType } from './widen.ts'

type I32 = Local<'i32'>
type V128 = Local<'v128'>

/**
 * How the lines of a factor (rows of A, columns of B) lie in memory: `along` k each line is contiguous, `across` the
 * neighbouring elements of one k are, `scattered` neither.
 */
export type Layout = 'along' | 'across' | 'scattered'

/** Bytes that one step of k takes in a panel: eight lines in f32. */
export const panelStep = 4 * tileColumns

/** pack(from, to, k, lineStride, kStride, lines): strides in bytes, 1 ≤ lines. */
export type PackLines = Func<['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], []>

/**
 * Packs eight lines into a panel, to[k][8] in f32. Where fewer exist, the panel's other lines hold the last one again,
 * which nobody uses.
 */
export function emitPackLines(layout: 'along' | 'scattered', dtype: MatmulDType): PackLines {
  return define(['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], ([from, to, k, lineStride, kStride, lines], locals) =>
    packLines(layout, dtype, lineStarts(from, lineStride, lines, locals), to, k, kStride, locals),
  )
}

/** pack(from, to, k, kStride, panels, panelBytes): strides in bytes. */
export type PackAcross = Func<['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], []>

/**
 * Packs lines that lie `across` into panels of `panelLines` each, all panels of one k before the next k, so that every
 * cache line of the source is read once. What follows the last line in memory fills the last panel.
 */
export function emitPackAcross(panelLines: number, dtype: MatmulDType): PackAcross {
  const { bytes, load, widen } = widenings[dtype]
  return define(['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], ([from, to, k, kStride, panels, panelBytes], locals) => {
    const [source, target, left] = [locals.i32(), locals.i32(), locals.i32()]
    const [spare, x] = [locals.v128(), locals.v128()]
    countDown(k, 1, () => {
      local.set(source, from)
      local.set(target, to)
      local.set(left, panels)
      countDown(left, 1, () => {
        for (const half of [0, 1]) {
          load(source, 4 * bytes * half)
          widen(spare)
          local.set(x)
          v128.store({ offset: 16 * half }, target, x)
        }
        local.set(source, i32.add(source, panelLines * bytes))
        local.set(target, i32.add(target, panelBytes))
      })
      local.set(from, i32.add(from, kStride))
      local.set(to, i32.add(to, panelStep))
    })
  })
}

/** The addresses of the eight lines; past the last one, the last one again. */
function lineStarts(from: I32, lineStride: I32, lines: I32, locals: Locals): I32[] {
  const starts = [from]
  for (let i = 1; i < tileColumns; i++) {
    const start = locals.i32()
    const before = starts[i - 1]!
    i32.add(before, lineStride)
    local.get(before)
    i32.lt_u(i, lines)
    select()
    local.set(start)
    starts.push(start)
  }
  return starts
}

function packLines(
  layout: 'along' | 'scattered',
  dtype: MatmulDType,
  starts: readonly I32[],
  to: I32,
  k: I32,
  kStride: I32,
  locals: Locals,
): void {
  const { bytes, load, widen } = widenings[dtype]
  const spare = locals.v128()
  const rows = Array.from({ length: 4 }, locals.v128)
  const mixed = Array.from({ length: 4 }, locals.v128)
  if (layout === 'along')
    countDown(k, 4, () => {
      for (const half of [0, 1]) {
        rows.forEach((row, i) => {
          load(starts[4 * half + i]!, 0)
          widen(spare)
          local.set(row)
        })
        transpose(rows, mixed)
        rows.forEach((row, step) => v128.store({ offset: panelStep * step + 16 * half }, to, row))
      }
      for (const start of starts) local.set(start, i32.add(start, 4 * bytes))
      local.set(to, i32.add(to, 4 * panelStep))
    })
  countDown(k, 1, () => {
    for (const half of [0, 1]) {
      packLanes(dtype, starts.slice(4 * half, 4 * half + 4), rows[0]!, spare)
      v128.store({ offset: 16 * half }, to, rows[0]!)
    }
    for (const start of starts) local.set(start, i32.add(start, kStride))
    local.set(to, i32.add(to, panelStep))
  })
}

/** One element of each of four lines. */
function packLanes(dtype: MatmulDType, starts: readonly I32[], into: V128, spare: V128): void {
  const { loadLane, widen } = widenings[dtype]
  starts.forEach((start, lane) => loadLane(start, 0, lane, into))
  local.get(into)
  widen(spare)
  local.set(into)
}

const lanes = (...picked: number[]): number[] => picked.flatMap(lane => [0, 1, 2, 3].map(byte => 4 * lane + byte))
/** Shuffles of two vectors: their lanes in turn, and their halves side by side. */
export const firstPairs = lanes(0, 4, 1, 5)
export const lastPairs = lanes(2, 6, 3, 7)
export const firstHalves = lanes(0, 1, 4, 5)
export const lastHalves = lanes(2, 3, 6, 7)

/** Transposes a 4×4 block in place, in eight shuffles (each is one instruction on x86 and ARM). */
export function transpose(rows: readonly V128[], mixed: readonly V128[]): void {
  const [a, b, c, d] = rows as [V128, V128, V128, V128]
  const [p, q, r, s] = mixed as [V128, V128, V128, V128]
  local.set(p, i8x16.shuffle(firstPairs, a, b)) // a0 b0 a1 b1
  local.set(q, i8x16.shuffle(lastPairs, a, b)) // a2 b2 a3 b3
  local.set(r, i8x16.shuffle(firstPairs, c, d)) // c0 d0 c1 d1
  local.set(s, i8x16.shuffle(lastPairs, c, d)) // c2 d2 c3 d3
  local.set(a, i8x16.shuffle(firstHalves, p, r))
  local.set(b, i8x16.shuffle(lastHalves, p, r))
  local.set(c, i8x16.shuffle(firstHalves, q, s))
  local.set(d, i8x16.shuffle(lastHalves, q, s))
}
