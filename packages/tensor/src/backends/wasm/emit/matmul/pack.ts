import { $, i32, i8x16, local, select, v128, type Func } from 'wasmati'
import { defineCode, type Code, type Int, type Vector } from '../code.ts'
import { countDown } from '../control.ts'
import { tileColumns } from './tile.ts'
import { bytesOf, loadEach, loadFour, type MatmulDType } from './widen.ts'

/**
 * How the lines of a factor (rows of A, columns of B) lie in memory: `along` k each line is contiguous, `across` the
 * neighbouring elements of one k are, `scattered` neither.
 */
export type Layout = 'along' | 'across' | 'scattered'

/** Bytes that one step of k takes in a panel: eight lines in f32. */
export const panelStep = 4 * tileColumns

/** pack(from, to, k, lineStride, kStride, lines): strides in bytes, 1 ≤ lines. */
export type PackLines = Func<['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], []>

const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const

/**
 * Packs eight lines into a panel, to[k][8] in f32. Where fewer exist, the panel's other lines hold the last one again,
 * which nobody uses.
 */
export const emitPackLines = (layout: 'along' | 'scattered', dtype: MatmulDType): PackLines =>
  defineCode(params, false, ([from, to, k, lineStride, kStride, lines], code) => {
    const starts = lineStarts(code, from, lineStride, lines)
    const halves = [starts.slice(0, 4), starts.slice(4)]
    if (layout === 'along') packFours(code, dtype, halves, to, k)
    const x = code.vector()
    countDown(k, 1, () => {
      halves.forEach((half, i) => {
        loadEach(code, dtype, x, half)
        v128.store({ offset: 16 * i }, to, x)
      })
      for (const start of starts) local.set(start, i32.add(start, kStride))
      local.set(to, i32.add(to, panelStep))
    })
  })

/** The addresses of the eight lines; past the last one, the last one again. */
function lineStarts(code: Code, from: Int, lineStride: Int, lines: Int): Int[] {
  const starts = [from]
  for (let i = 1; i < tileColumns; i++) {
    const before = starts[i - 1]!
    i32.add(before, lineStride)
    local.get(before)
    i32.lt_u(i, lines)
    select()
    starts.push(code.keepInt($))
  }
  return starts
}

/** Four steps of k at a time: a 4×4 block of each half of the lines is transposed. */
function packFours(code: Code, dtype: MatmulDType, halves: readonly (readonly Int[])[], to: Int, k: Int): void {
  const rows = Array.from({ length: 4 }, code.vector)
  const mixed = Array.from({ length: 4 }, code.vector)
  countDown(k, 4, () => {
    halves.forEach((half, i) => {
      half.forEach((start, line) => loadFour(code, dtype, rows[line]!, start, 0))
      transpose(rows, mixed)
      rows.forEach((row, step) => v128.store({ offset: panelStep * step + 16 * i }, to, row))
    })
    for (const start of halves.flat()) local.set(start, i32.add(start, 4 * bytesOf(dtype)))
    local.set(to, i32.add(to, 4 * panelStep))
  })
}

/** pack(from, to, k, kStride, panels, panelBytes): strides in bytes. */
export type PackAcross = Func<['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], []>

/**
 * Packs lines that lie `across` into panels of `panelLines` each, all panels of one k before the next k, so that every
 * cache line of the source is read once. What follows the last line in memory fills the last panel.
 */
export const emitPackAcross = (panelLines: number, dtype: MatmulDType): PackAcross =>
  defineCode(params, false, ([from, to, k, kStride, panels, panelBytes], code) => {
    const [source, target, left, x] = [code.int(), code.int(), code.int(), code.vector()]
    countDown(k, 1, () => {
      local.set(source, from)
      local.set(target, to)
      local.set(left, panels)
      countDown(left, 1, () => {
        for (const half of [0, 1]) {
          loadFour(code, dtype, x, source, 4 * bytesOf(dtype) * half)
          v128.store({ offset: 16 * half }, target, x)
        }
        local.set(source, i32.add(source, panelLines * bytesOf(dtype)))
        local.set(target, i32.add(target, panelBytes))
      })
      local.set(from, i32.add(from, kStride))
      local.set(to, i32.add(to, panelStep))
    })
  })

const lanes = (...picked: number[]): number[] => picked.flatMap(lane => [0, 1, 2, 3].map(byte => 4 * lane + byte))
/** Shuffles of two vectors: their lanes in turn, and their halves side by side. */
export const firstPairs = lanes(0, 4, 1, 5)
export const lastPairs = lanes(2, 6, 3, 7)
export const firstHalves = lanes(0, 1, 4, 5)
export const lastHalves = lanes(2, 3, 6, 7)

/** Transposes a 4×4 block in place, in eight shuffles (each is one instruction on x86 and ARM). */
export function transpose(rows: readonly Vector[], mixed: readonly Vector[]): void {
  const [a, b, c, d] = rows as [Vector, Vector, Vector, Vector]
  const [p, q, r, s] = mixed as [Vector, Vector, Vector, Vector]
  local.set(p, i8x16.shuffle(firstPairs, a, b)) // a0 b0 a1 b1
  local.set(q, i8x16.shuffle(lastPairs, a, b)) // a2 b2 a3 b3
  local.set(r, i8x16.shuffle(firstPairs, c, d)) // c0 d0 c1 d1
  local.set(s, i8x16.shuffle(lastPairs, c, d)) // c2 d2 c3 d3
  local.set(a, i8x16.shuffle(firstHalves, p, r))
  local.set(b, i8x16.shuffle(lastHalves, p, r))
  local.set(c, i8x16.shuffle(firstHalves, q, s))
  local.set(d, i8x16.shuffle(lastHalves, q, s))
}
