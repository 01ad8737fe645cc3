import { f32x4, i32, i32x4, i8x16, if_, local, select, v128 } from 'wasmati'
import { defineCode, multiplyAdd, type Code, type Int, type Vector } from '../code.ts'
import { countDown, range } from '../control.ts'
import { storeSome } from '../lanes.ts'
import { flatParams, type Flat } from './axpy.ts'
import { firstHalves, firstPairs, lastHalves, lastPairs } from './pack.ts'
import { bytesOf, loadFour, type MatmulDType } from './widen.ts'

/** Lines of w side by side: their four sums become one vector of c. */
const lines = 4

/** What the loops over k are written with. */
interface Dots {
  readonly code: Code
  readonly dtype: MatmulDType
  readonly xs: readonly Int[]
  readonly ws: readonly Int[]
  /** sums[i][j] holds four partial sums of c[i, j]. */
  readonly sums: readonly (readonly Vector[])[]
  /** A second set for every other step, where one set is too few to keep the multipliers busy. */
  readonly others: readonly (readonly Vector[])[]
  readonly x: readonly Vector[]
  readonly y: Vector
}

/**
 * c[i, j] = Σ_k x[i, k] · w[j, k] for a few rows i: lines of w are contiguous along k, and read once. x is f32,
 * contiguous along k, too.
 */
export const emitDots = (rows: number, dtype: MatmulDType, relaxed: boolean): Flat =>
  defineCode(flatParams, relaxed, ([x, w, c, k, columns, xStride, wStride, cStride], code) => {
    const dots = makeDots(code, rows, dtype)
    const rest = code.keep(i32x4.lt_s(code.lanes(Int32Array.of(0, 1, 2, 3)), i32x4.splat(i32.and(k, 3))))
    const [column, left, lanes] = [code.int(), code.int(), code.int()]
    range(column, 0, columns, lines, () => {
      local.set(lanes, i32.sub(columns, column))
      startLines(dots, [x, xStride], [w, wStride], lanes)
      local.set(left, k)
      sumAlongK(dots, left, rest)
      code.region(() => storeSums(dots, c, cStride, lanes))
      local.set(w, i32.add(i32.shl(wStride, 2), w))
      local.set(c, i32.add(c, 4 * lines))
    })
  })

function makeDots(code: Code, rows: number, dtype: MatmulDType): Dots {
  const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)
  const set = (): Vector[][] => many(rows, () => many(lines, code.vector))
  const [xs, ws] = [many(rows, code.int), many(lines, code.int)]
  return {
    code,
    dtype,
    xs,
    ws,
    sums: set(),
    others: rows === 1 ? set() : [],
    x: many(rows, code.vector),
    y: code.vector(),
  }
}

/** Sets the rows of x and the next four lines of w to their start; past the last line, the last one again. */
function startLines(
  { code, xs, ws, sums, others }: Dots,
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
  for (const sum of [...sums, ...others].flat()) local.set(sum, code.i32(0))
}

function sumAlongK(dots: Dots, left: Int, rest: Vector): void {
  const { xs, ws, sums, others, dtype } = dots
  const advance = (vectors: number): void => {
    for (const row of xs) local.set(row, i32.add(row, 16 * vectors))
    for (const line of ws) local.set(line, i32.add(line, 4 * vectors * bytesOf(dtype)))
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
  if_(null, () => step(dots, sums, 0, rest))
  others.forEach((row, i) => row.forEach((other, j) => local.set(sums[i]![j]!, f32x4.add(sums[i]![j]!, other))))
}

/** Adds four products to each sum; what lies past the end of a line may be NaN, so both factors are masked there. */
function step({ code, dtype, xs, ws, x, y }: Dots, sums: Dots['sums'], vector: number, mask?: Vector): void {
  xs.forEach((row, i) => {
    local.set(x[i]!, v128.load({ offset: 16 * vector }, row))
    if (mask) local.set(x[i]!, v128.and(x[i]!, mask))
  })
  ws.forEach((line, j) => {
    loadFour(code, dtype, y, line, 4 * bytesOf(dtype) * vector)
    if (mask) local.set(y, v128.and(y, mask))
    sums.forEach((row, i) => local.set(row[j]!, multiplyAdd(code, x[i]!, y, row[j]!)))
  })
}

/** Adds up the four lanes of each of a row's four sums: (0 + 2) + (1 + 3), for all of them at once. */
function storeSums({ code, sums }: Dots, c: Int, cStride: Int, lanes: Int): void {
  const add = (p: Vector, q: Vector, first: readonly number[], last: readonly number[]): Vector =>
    code.keep(f32x4.add(i8x16.shuffle([...first], p, q), i8x16.shuffle([...last], p, q)))
  let row = c
  sums.forEach(([p, q, r, s]: readonly Vector[], i) => {
    const [left, right] = [add(p!, q!, firstPairs, lastPairs), add(r!, s!, firstPairs, lastPairs)]
    if (i > 0) row = code.keepInt(i32.add(row, cStride))
    storeSome(add(left, right, firstHalves, lastHalves), row, lanes)
  })
}
