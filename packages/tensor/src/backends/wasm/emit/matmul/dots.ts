import { f32x4, i32, i32x4, i8x16, if_, local, select, v128, type Local } from 'wasmati'
import { countDown, range } from '../control.ts'
import { define, type Locals } from '../define.ts'
import { storeSome } from '../lanes.ts'
import type { Flat } from './axpy.ts'
import { firstHalves, firstPairs, lastHalves, lastPairs } from './pack.ts'
import { multiplyAdd } from './tile.ts'
import { widenings, type MatmulDType } from './widen.ts'

type I32 = Local<'i32'>
type V128 = Local<'v128'>

/** Lines of w side by side: their four sums become one vector of c. */
const lines = 4

/** What the loops over k are written with. */
interface Dots {
  readonly dtype: MatmulDType
  readonly relaxed: boolean
  readonly xs: readonly I32[]
  readonly ws: readonly I32[]
  /** sums[i][j] holds four partial sums of c[i, j]. */
  readonly sums: readonly (readonly V128[])[]
  /** A second set for every other step, where one set is too few to keep the multipliers busy. */
  readonly others: readonly (readonly V128[])[]
  readonly x: readonly V128[]
  readonly y: V128
  readonly spare: V128
}

/**
 * c[i, j] = Σ_k x[i, k] · w[j, k] for a few rows i: lines of w are contiguous along k, and read once. x is f32,
 * contiguous along k, too.
 */
export function emitDots(rows: number, dtype: MatmulDType, relaxed: boolean): Flat {
  return define(
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    ([x, w, c, k, columns, xStride, wStride, cStride], locals) => {
      const dots = makeDots(rows, dtype, relaxed, locals)
      const mask = restMask(k, locals)
      const [column, left, lanes, row] = [locals.i32(), locals.i32(), locals.i32(), locals.i32()]
      range(column, 0, columns, lines, () => {
        local.set(lanes, i32.sub(columns, column))
        startLines(dots, x, w, xStride, wStride, lanes)
        local.set(left, k)
        sumAlongK(dots, left, mask)
        storeSums(dots, c, cStride, lanes, row)
        local.set(w, i32.add(i32.shl(wStride, 2), w))
        local.set(c, i32.add(c, 4 * lines))
      })
    },
  )
}

function makeDots(rows: number, dtype: MatmulDType, relaxed: boolean, locals: Locals): Dots {
  const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)
  const set = (): V128[][] => many(rows, () => many(lines, locals.v128))
  return {
    dtype,
    relaxed,
    xs: many(rows, locals.i32),
    ws: many(lines, locals.i32),
    sums: set(),
    others: rows === 1 ? set() : [],
    x: many(rows, locals.v128),
    y: locals.v128(),
    spare: locals.v128(),
  }
}

/** All ones in the first k mod 4 lanes. */
function restMask(k: I32, locals: Locals): V128 {
  const mask = locals.v128()
  local.set(mask, i32x4.lt_s(v128.const('i32x4', [0, 1, 2, 3]), i32x4.splat(i32.and(k, 3))))
  return mask
}

/** Sets the rows of x and the next four lines of w to their start; past the last line, the last one again. */
function startLines({ xs, ws, sums, others }: Dots, x: I32, w: I32, xStride: I32, wStride: I32, lanes: I32): void {
  xs.forEach((row, i) => local.set(row, i === 0 ? x : i32.add(xs[i - 1]!, xStride)))
  ws.forEach((line, j) => {
    if (j === 0) return local.set(line, w)
    const before = ws[j - 1]!
    i32.add(before, wStride)
    local.get(before)
    i32.lt_u(j, lanes)
    select()
    local.set(line)
  })
  for (const sum of [...sums, ...others].flat()) local.set(sum, v128.const('i32x4', [0, 0, 0, 0]))
}

function sumAlongK(dots: Dots, left: I32, mask: V128): void {
  const { xs, ws, sums, others, dtype } = dots
  const advance = (vectors: number): void => {
    for (const row of xs) local.set(row, i32.add(row, 16 * vectors))
    for (const line of ws) local.set(line, i32.add(line, 4 * vectors * widenings[dtype].bytes))
  }
  if (others.length > 0)
    countDown(left, 8, () => {
      step(dots, sums, 0)
      step(dots, others, 1)
      advance(2)
    })
  countDown(left, 4, () => {
    step(dots, sums, 0)
    advance(1)
  })
  local.get(left)
  if_(null, () => step(dots, sums, 0, mask))
  others.forEach((row, i) => row.forEach((other, j) => local.set(sums[i]![j]!, f32x4.add(sums[i]![j]!, other))))
}

/** Adds four products to each sum; what lies past the end of a line may be NaN, so both factors are masked there. */
function step({ dtype, relaxed, xs, ws, x, y, spare }: Dots, sums: Dots['sums'], vector: number, mask?: V128): void {
  const { bytes, load, widen } = widenings[dtype]
  xs.forEach((row, i) => {
    local.set(x[i]!, v128.load({ offset: 16 * vector }, row))
    if (mask) local.set(x[i]!, v128.and(x[i]!, mask))
  })
  ws.forEach((line, j) => {
    load(line, 4 * bytes * vector)
    widen(spare)
    local.set(y)
    if (mask) local.set(y, v128.and(y, mask))
    sums.forEach((row, i) => multiplyAdd(relaxed, row[j]!, x[i]!, y))
  })
}

/** Adds up the four lanes of each of a row's four sums: (0 + 2) + (1 + 3), for all of them at once. */
function storeSums({ sums, x, y, spare }: Dots, c: I32, cStride: I32, lanes: I32, row: I32): void {
  local.set(row, c)
  sums.forEach(([p, q, r, s]: readonly V128[], i) => {
    const addHalves = (into: V128, from: V128, to: V128, first: readonly number[], last: readonly number[]): void =>
      local.set(into, f32x4.add(i8x16.shuffle([...first], from, to), i8x16.shuffle([...last], from, to)))
    addHalves(x[0]!, p!, q!, firstPairs, lastPairs)
    addHalves(y, r!, s!, firstPairs, lastPairs)
    addHalves(spare, x[0]!, y, firstHalves, lastHalves)
    if (i > 0) local.set(row, i32.add(row, cStride))
    storeSome(spare, row, lanes)
  })
}
