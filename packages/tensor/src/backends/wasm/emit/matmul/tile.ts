import { f32x4, i32, if_, local, v128, type Func, type Local } from 'wasmati'
import { countDown } from '../control.ts'
import { define } from '../define.ts'
import { storeLanes } from '../lanes.ts'

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

/** acc += x · y, rounded once where the engine fuses. */
export function multiplyAdd(relaxed: boolean, acc: Local<'v128'>, x: Local<'v128'>, y: Local<'v128'>): void {
  if (relaxed) local.set(acc, f32x4.relaxed_madd(x, y, acc))
  else local.set(acc, f32x4.add(f32x4.mul(x, y), acc))
}

/**
 * c[i, j] = Σ_k a[i, k] · b[k, j], plus the old c[i, j] if `accumulate`, for a tile of 6×8 or fewer elements.
 * `aStride` lies between rows (source 'rows', k-contiguous) or between k (source 'columns', row-contiguous).
 */
export function emitTile({ rows, columns, source }: TileShape, relaxed: boolean): Tile {
  return define(
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    ([a, b, c, k, aStride, bStride, cStride, accumulate], locals) => {
      const vectors = Math.ceil(columns / 4)
      const acc = Array.from({ length: rows }, () => Array.from({ length: vectors }, locals.v128))
      const y = Array.from({ length: vectors }, locals.v128)
      const x = locals.v128()
      const starts = source === 'rows' ? [a, ...Array.from({ length: rows - 1 }, locals.i32)] : [a]
      for (let i = 1; i < starts.length; i++) local.set(starts[i]!, i32.add(starts[i - 1]!, aStride))

      const step = (at: number): void => {
        y.forEach((vector, j) => local.set(vector, v128.load({ offset: 16 * j }, b)))
        local.set(b, i32.add(b, bStride))
        acc.forEach((row, i) => {
          local.set(
            x,
            source === 'rows'
              ? v128.load32_splat({ offset: 4 * at }, starts[i]!)
              : v128.load32_splat({ offset: 4 * i }, a),
          )
          row.forEach((sum, j) => multiplyAdd(relaxed, sum, x, y[j]!))
        })
        if (source === 'columns') local.set(a, i32.add(a, aStride))
      }
      const steps = (count: number): void =>
        countDown(k, count, () => {
          for (let at = 0; at < count; at++) step(at)
          if (source === 'rows') for (const start of starts) local.set(start, i32.add(start, 4 * count))
        })
      steps(unroll)
      steps(1)

      local.get(accumulate)
      if_(
        null,
        () => storeTile(acc, c, cStride, columns, true),
        () => storeTile(acc, c, cStride, columns, false),
      )
    },
  )
}

/** Writes the accumulators to c, row by row; the last vector of a narrow tile lane by lane, as its neighbours may be another unit's. */
function storeTile(
  acc: readonly (readonly Local<'v128'>[])[],
  c: Local<'i32'>,
  cStride: Local<'i32'>,
  columns: number,
  accumulate: boolean,
): void {
  acc.forEach((row, i) => {
    if (i > 0) local.set(c, i32.add(c, cStride))
    row.forEach((sum, j) => {
      if (accumulate) local.set(sum, f32x4.add(v128.load({ offset: 16 * j }, c), sum))
      storeLanes(sum, c, 4, 4 * j, Math.min(4, columns - 4 * j))
    })
  })
}
