import { f32x4, i32, if_, local, v128, type Func } from 'wasmati'
import { defineCode, multiplyAdd, type Code, type Int, type Vector } from '../code.ts'
import { countDown } from '../control.ts'
import { storageOf, storeNeighbours } from '../values/storage.ts'
import { linesFrom } from './pointers.ts'

/** Rows and columns of the register tile: 12 accumulators, 2 vectors of B and 1 of A fill 15 of the 16 SSE registers. */
export const tileRows = 6
export const tileColumns = 8

/** Steps of k between two loop tests; 4 steps of a k-contiguous row of A are one vector. */
const unroll = 4

/** How a tile reads A: along k in `rows`, or one column of its rows after the other (which packed panels are, too). */
export type TileSource = 'rows' | 'columns'

export interface TileShape {
  /** 1 … 6 */
  readonly rows: number
  /** 1 … 8 */
  readonly columns: number
  readonly source: TileSource
}

/** tile(a, b, c, k, aStride, bStride, cStride, accumulate); strides in bytes. */
export type Tile = Func<['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'], []>

/** What the loop over k is written with. */
interface Registers {
  readonly acc: readonly (readonly Vector[])[]
  /** Where the rows of A are, or where its next column is. */
  readonly as: readonly Int[]
  readonly b: Int
  readonly x: Vector
  readonly y: readonly Vector[]
}

const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const

/**
 * c[i, j] = Σ_k a[i, k] · b[k, j], plus the old c[i, j] if `accumulate`, for a tile of 6×8 or fewer elements.
 * `aStride` lies between rows (source 'rows', k-contiguous) or between k (source 'columns', row-contiguous).
 */
export const emitTile = ({ rows, columns, source }: TileShape, relaxed: boolean): Tile =>
  defineCode(params, relaxed, ([a, b, c, k, aStride, bStride, cStride, accumulate], code) => {
    const vectors = Math.ceil(columns / 4)
    const vectorsOf = (count: number): Vector[] => Array.from({ length: count }, code.vector)
    const acc = Array.from({ length: rows }, () => vectorsOf(vectors))
    const as = source === 'rows' ? linesFrom(code, a, aStride, rows) : [a]
    const registers = { acc, as, b, x: code.vector(), y: vectorsOf(vectors) }
    for (const count of [unroll, 1])
      countDown(k, count, () => {
        for (let at = 0; at < count; at++) {
          step(code, registers, row =>
            source === 'rows' ? { address: as[row]!, offset: 4 * at } : { address: a, offset: 4 * row },
          )
          if (source === 'columns') local.set(a, i32.add(a, aStride))
          local.set(b, i32.add(b, bStride))
        }
        if (source === 'rows') for (const line of as) local.set(line, i32.add(line, 4 * count))
      })
    local.get(accumulate)
    if_(
      null,
      () => storeTile(code, acc, c, cStride, columns, true),
      () => storeTile(code, acc, c, cStride, columns, false),
    )
  })

/** One k: a vector or two of B times each row's element of A. */
function step(
  code: Code,
  { acc, b, x, y }: Registers,
  elementOf: (row: number) => { address: Int; offset: number },
): void {
  y.forEach((vector, j) => local.set(vector, v128.load({ offset: 16 * j }, b)))
  acc.forEach((row, i) => {
    const { address, offset } = elementOf(i)
    local.set(x, v128.load32_splat({ offset }, address))
    row.forEach((sum, j) => local.set(sum, multiplyAdd(code, x, y[j]!, sum)))
  })
}

/** Writes the accumulators to c, row by row; the last vector of a narrow tile lane by lane, as its neighbours may be another unit's. */
function storeTile(
  code: Code,
  acc: Registers['acc'],
  c: Int,
  cStride: Int,
  columns: number,
  accumulate: boolean,
): void {
  acc.forEach((row, i) => {
    if (i > 0) local.set(c, i32.add(c, cStride))
    row.forEach((sum, j) => {
      if (accumulate) local.set(sum, f32x4.add(v128.load({ offset: 16 * j }, c), sum))
      storeNeighbours(code, storageOf('f32'), c, 16 * j, sum, Math.min(4, columns - 4 * j))
    })
  })
}
