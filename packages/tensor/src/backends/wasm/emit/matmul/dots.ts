import { $, f32x4, i32, i32x4, i8x16, if_, local, select, v128 } from 'wasmati'
import { defineCode, multiplyAdd, type Code, type Int, type Vector } from '../code.ts'
import { countDown, range, setAtMost } from '../control.ts'
import { storeSome } from '../lanes.ts'
import { flatParams, type Flat } from './axpy.ts'
import { firstHalves, firstPairs, lastHalves, lastPairs } from './pack.ts'
import { loadFloatPair, type Pair, pairings, pushScalable } from './pairs.ts'
import { linesFrom } from './pointers.ts'
import { bytesOf, loadFour, type MatmulDType } from './widen.ts'

/**
 * Lines of w side by side, and sets of sums, for 1 … 6 rows of x: at least eight sums keep the multipliers busy, and
 * sums and factors must fit into 16 registers.
 */
const shapes = [
  { lines: 4, sets: 2 },
  { lines: 4, sets: 1 },
  { lines: 2, sets: 2 },
  { lines: 2, sets: 1 },
  { lines: 2, sets: 1 },
  { lines: 2, sets: 1 },
] as const

/** What the loops over k are written with. */
interface Dots {
  readonly code: Code
  readonly dtype: MatmulDType
  readonly xs: readonly Int[]
  readonly ws: readonly Int[]
  /** In each set, sums[i][j] holds four partial sums of c[i, j]; steps of k go to the sets in turn. */
  readonly sets: readonly (readonly (readonly Vector[])[])[]
  readonly x: Vector
  readonly y: readonly Vector[]
  /** Whether eight k are taken at once, for dtypes of which that is known. */
  readonly usesPairs: Int | undefined
}

/**
 * c[i, j] = Σ_k x[i, k] · w[j, k] for a few rows i: lines of w are contiguous along k, and read once. x is f32,
 * contiguous along k, too.
 */
export const emitDots = (rows: number, dtype: MatmulDType, relaxed: boolean): Flat =>
  defineCode(flatParams, relaxed, ([x, w, c, k, columns, xStride, wStride, cStride], code) => {
    const dots = makeDots(code, rows, dtype)
    const { lines } = shapes[rows - 1]!
    const rest = code.keep(i32x4.lt_s(code.lanes(Int32Array.of(0, 1, 2, 3)), i32x4.splat(i32.and(k, 3))))
    const [column, left, lanes] = [code.int(), code.int(), code.int()]
    if (dots.usesPairs !== undefined) setUsesPairs(dots, dots.usesPairs, x, xStride, k)
    range(column, 0, columns, lines, () => {
      local.set(lanes, i32.sub(columns, column))
      startLines(dots, [x, xStride], [w, wStride], lanes)
      local.set(left, k)
      sumAlongK(dots, left, rest)
      setAtMost(lanes, lanes, lines)
      code.region(() => storeSums(dots, c, cStride, lanes))
      local.set(w, i32.add(i32.mul(wStride, lines), w))
      local.set(c, i32.add(c, 4 * lines))
    })
  })

function makeDots(code: Code, rows: number, dtype: MatmulDType): Dots {
  const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)
  const { lines, sets } = shapes[rows - 1]!
  const set = (): Vector[][] => many(rows, () => many(lines, code.vector))
  const [xs, ws] = [many(rows, code.int), many(lines, code.int)]
  const usesPairs = pairings[dtype] === undefined ? undefined : code.int()
  return { code, dtype, xs, ws, sets: many(sets, set), x: code.vector(), y: many(lines, code.vector), usesPairs }
}

function setUsesPairs({ code, dtype, xs }: Dots, into: Int, x: Int, xStride: Int, k: Int): void {
  const { scale } = pairings[dtype]!
  local.set(into, 1)
  if (scale === 1) return
  code.region(() => {
    const count = code.keepInt(i32.and(k, -8))
    for (const row of linesFrom(code, x, xStride, xs.length)) {
      pushScalable(code, row, count, scale)
      local.set(into, i32.and($, into))
    }
  })
}

/** Sets the rows of x and the next lines of w to their start; past the last line, the last one again. */
function startLines(
  { code, xs, ws, sets }: Dots,
  [x, xStride]: [Int, Int],
  [w, wStride]: [Int, Int],
  lanes: Int,
): void {
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
  for (const sum of sets.flat(2)) local.set(sum, code.i32(0))
}

function sumAlongK(dots: Dots, left: Int, rest: Vector): void {
  const { xs, ws, sets, dtype } = dots
  if (dots.usesPairs !== undefined) eightAtOnce(dots, left, dots.usesPairs)
  for (const used of sets.length > 1 ? [sets, sets.slice(0, 1)] : [sets])
    countDown(left, 4 * used.length, () => {
      used.forEach((sums, vector) => step(dots, sums, vector))
      for (const row of xs) local.set(row, i32.add(row, 16 * used.length))
      for (const line of ws) local.set(line, i32.add(line, 4 * used.length * bytesOf(dtype)))
    })
  local.get(left)
  if_(null, () => step(dots, sets[0]!, 0, rest))
  const [first, ...others] = sets.map(set => set.flat())
  for (const other of others) first!.forEach((sum, i) => local.set(sum, f32x4.add(sum, other[i]!)))
}

/** Adds four products to each sum; what lies past the end of a line may be NaN, so both factors are masked there. */
function step({ code, dtype, xs, ws, x, y }: Dots, sums: Dots['sets'][number], vector: number, mask?: Vector): void {
  ws.forEach((line, j) => {
    loadFour(code, dtype, y[j]!, line, 4 * bytesOf(dtype) * vector)
    if (mask) local.set(y[j]!, v128.and(y[j]!, mask))
  })
  xs.forEach((row, i) => {
    local.set(x, v128.load({ offset: 16 * vector }, row))
    if (mask) local.set(x, v128.and(x, mask))
    sums[i]!.forEach((sum, j) => local.set(sum, multiplyAdd(code, x, y[j]!, sum)))
  })
}

/** Whole steps of eight k, if all rows of x allow it. */
function eightAtOnce(dots: Dots, left: Int, allowed: Int): void {
  local.get(allowed)
  if_(null, () =>
    countDown(left, 8, () => {
      stepEight(dots)
      for (const row of dots.xs) local.set(row, i32.add(row, 32))
      for (const line of dots.ws) local.set(line, i32.add(line, 8 * bytesOf(dots.dtype)))
    }),
  )
}

/** Adds eight products to each line's sums: pairs of them, or, where a number needs more care, one four after the other. */
function stepEight(dots: Dots): void {
  const { code, dtype, ws, sets } = dots
  const { pushUnknown } = pairings[dtype]!
  if (pushUnknown === undefined) return stepPairs(dots)
  pushUnknown(code, ws)
  if_(
    null,
    () => [sets[0]!, sets.at(-1)!].forEach((sums, vector) => step(dots, sums, vector)),
    () => stepPairs(dots),
  )
}

function stepPairs({ code, dtype, xs, ws, sets }: Dots): void {
  const { widen, scale } = pairings[dtype]!
  const pair = (): Pair => ({ even: code.vector(), odd: code.vector() })
  code.region(() => {
    const [factors, y, bits] = [xs.map(pair), pair(), code.vector()]
    xs.forEach((row, i) => loadFloatPair(code, row, scale, factors[i]!))
    ws.forEach((line, j) => {
      local.set(bits, v128.load({}, line))
      widen(code, bits, y)
      factors.forEach(({ even, odd }, i) => {
        const [evens, odds] = [sets[0]![i]![j]!, sets.at(-1)![i]![j]!]
        local.set(evens, multiplyAdd(code, even, y.even, evens))
        local.set(odds, multiplyAdd(code, odd, y.odd, odds))
      })
    })
  })
}

/** Adds up the four lanes of each sum, (0 + 2) + (1 + 3), for all lines of a row at once. */
function storeSums({ code, sets }: Dots, c: Int, cStride: Int, lanes: Int): void {
  const add = (p: Vector, q: Vector, first: readonly number[], last: readonly number[]): Vector =>
    code.keep(f32x4.add(i8x16.shuffle([...first], p, q), i8x16.shuffle([...last], p, q)))
  let row = c
  sets[0]!.forEach(([p, q, r, s], i) => {
    const left = add(p!, q!, firstPairs, lastPairs)
    const right = r === undefined || s === undefined ? left : add(r, s, firstPairs, lastPairs)
    if (i > 0) row = code.keepInt(i32.add(row, cStride))
    storeSome(add(left, right, firstHalves, lastHalves), row, lanes)
  })
}
