import { call, i32, if_, local, type Input } from 'wasmati'
import type { Int } from '../code.ts'
import { countDown, range } from '../control.ts'
import { tileRoutine } from '../matmul/routines.ts'
import { tileColumns, tileRows, type TileSource } from '../matmul/tile.ts'
import { addScaled, type Frame } from './frame.ts'

/** c[i, j] = Σ_k a[i, k] · b[k, j], in strips of six rows. */
export interface Product {
  /** Whether the k of a row of A lie side by side, or the rows of one k do. */
  readonly source: TileSource
  /** Address of the first row, and bytes between rows (source 'rows') or between k ('columns'). */
  readonly a: Int
  readonly aStride: number
  readonly b: Int
  readonly bStride: number
  readonly c: Int
  readonly cStride: number
  /** Rows to compute. The last strip may compute more, unless only `end.left` rows exist, of which the last strip has `end.tail`. */
  readonly rows: Int
  readonly end: { readonly left: Int; readonly tail: number } | undefined
  readonly columns: number
  /** Sets the first k and the number of k of the strip that begins with a row. */
  readonly span: (row: Int, first: Int, count: Int) => void
  /** Whether the product is added to c. */
  readonly accumulate: Input<'i32'>
}

/** Addresses of a strip's factors and result, and how many k it has. */
interface Strip {
  readonly a: Int
  readonly b: Int
  readonly c: Int
  readonly count: Int
}

export function emitProduct(frame: Frame, product: Product): void {
  const { code } = frame
  const { source, aStride, bStride, cStride, rows, end } = product
  const [aRow, aStep] = source === 'rows' ? [aStride, 4] : [4, aStride]
  code.region(() => {
    const [row, first] = [code.int(), code.int()]
    const strip = { a: code.int(), b: code.int(), c: code.int(), count: code.int() }
    range(row, 0, rows, tileRows, () => {
      product.span(row, first, strip.count)
      local.set(strip.a, product.a)
      addScaled(strip.a, row, aRow)
      addScaled(strip.a, first, aStep)
      local.set(strip.b, product.b)
      addScaled(strip.b, first, bStride)
      local.set(strip.c, product.c)
      addScaled(strip.c, row, cStride)
      if (end === undefined || end.tail === 0) return emitStrip(frame, product, strip, tileRows)
      i32.lt_u(i32.sub(end.left, row), tileRows)
      if_(
        null,
        () => emitStrip(frame, product, strip, end.tail),
        () => emitStrip(frame, product, strip, tileRows),
      )
    })
  })
}

function emitStrip({ code, target }: Frame, product: Product, { a, b, c, count }: Strip, rows: number): void {
  const { source, aStride, bStride, cStride, columns, accumulate } = product
  const callTile = (width: number): void =>
    call(tileRoutine({ rows, columns: width, source }, target), [
      a,
      b,
      c,
      count,
      aStride | 0,
      bStride | 0,
      cStride | 0,
      accumulate,
    ])
  const [full, narrow] = [Math.floor(columns / tileColumns), columns % tileColumns]
  if (full === 1) callTile(tileColumns)
  if (full > 1) {
    const left = code.keepInt(i32.const(full))
    countDown(left, 1, () => {
      callTile(tileColumns)
      local.set(b, i32.add(b, 4 * tileColumns))
      local.set(c, i32.add(c, 4 * tileColumns))
    })
  }
  if (narrow === 0) return
  if (full === 1) {
    local.set(b, i32.add(b, 4 * tileColumns))
    local.set(c, i32.add(c, 4 * tileColumns))
  }
  callTile(narrow)
}
