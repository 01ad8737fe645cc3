import { call, i32, if_, local, memory, v128, type Func } from 'wasmati'
import { defineCode, multiplyAdd, type Code, type Int, type Vector } from '../code.ts'
import { countDown } from '../control.ts'
import { storeSome } from '../lanes.ts'
import { linesFrom } from './pointers.ts'
import { bytesOf, loadFour, type MatmulDType } from './widen.ts'

export const flatParams = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const

/** flat(x, w, c, k, columns, xStride, wStride, cStride): strides in bytes between rows of x, lines of w and rows of c. */
export type Flat = Func<['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'], []>

/** Rows of w in one pass over c, for 1 … 3 rows of c: as many as their factors leave registers for. */
const rowsPerPass = [8, 4, 3] as const

/**
 * c[i, j] = Σ_k x[i, k] · w[k, j] for a few rows i: row after row of w is added to c, which stays in the L1 cache, so
 * that w is read once and in the order in which it lies. x is f32, contiguous along k.
 */
export function emitAxpy(rows: number, dtype: MatmulDType, relaxed: boolean): Flat {
  const most = rowsPerPass[rows - 1]!
  const passes = [most, 1].map(taken => ({ taken, pass: emitPass(rows, taken, dtype, relaxed) }))
  return defineCode(flatParams, relaxed, ([x, w, c, k, columns, xStride, wStride, cStride], code) => {
    clearRows(code, rows, c, columns, cStride)
    for (const { taken, pass } of passes)
      countDown(k, taken, () => {
        call(pass, [x, w, c, k, columns, xStride, wStride, cStride])
        local.set(x, i32.add(x, 4 * taken))
        local.set(w, i32.add(i32.mul(wStride, taken), w))
      })
  })
}

function clearRows(code: Code, rows: number, c: Int, columns: Int, cStride: Int): void {
  for (const row of linesFrom(code, c, cStride, rows)) {
    local.get(row)
    i32.const(0)
    i32.mul(columns, 4)
    memory.fill()
  }
}

/** What a pass is written with: addresses of rows of w and of c, and x[i][u]. */
interface Pass {
  readonly ws: readonly Int[]
  readonly cs: readonly Int[]
  readonly factors: readonly (readonly Vector[])[]
  readonly sums: readonly Vector[]
  readonly y: Vector
}

/** c[i, j] += Σ_u x[i, u] · w[u, j] for `taken` rows u of w. */
const emitPass = (rows: number, taken: number, dtype: MatmulDType, relaxed: boolean): Flat =>
  defineCode(flatParams, relaxed, ([x, w, c, , columns, xStride, wStride, cStride], code) => {
    const ws = linesFrom(code, w, wStride, taken)
    const cs = linesFrom(code, c, cStride, rows)
    const factors = linesFrom(code, x, xStride, rows).map(row =>
      ws.map((_, u) => code.keep(v128.load32_splat({ offset: 4 * u }, row))),
    )
    const pass = { ws, cs, factors, sums: cs.map(code.vector), y: code.vector() }
    for (const vectors of [2, 1])
      countDown(columns, 4 * vectors, () => {
        for (let vector = 0; vector < vectors; vector++) {
          sumVector(code, pass, dtype, vector)
          cs.forEach((row, i) => v128.store({ offset: 16 * vector }, row, pass.sums[i]!))
        }
        for (const row of ws) local.set(row, i32.add(row, 4 * vectors * bytesOf(dtype)))
        for (const row of cs) local.set(row, i32.add(row, 16 * vectors))
      })
    local.get(columns)
    if_(null, () => {
      sumVector(code, pass, dtype, 0)
      cs.forEach((row, i) => storeSome(pass.sums[i]!, row, columns))
    })
  })

/** sums[i] = c[i] + Σ_u x[i, u] · w[u], for one vector of columns. */
function sumVector(code: Code, { ws, cs, factors, sums, y }: Pass, dtype: MatmulDType, vector: number): void {
  cs.forEach((row, i) => local.set(sums[i]!, v128.load({ offset: 16 * vector }, row)))
  ws.forEach((row, u) => {
    loadFour(code, dtype, y, row, 4 * bytesOf(dtype) * vector)
    sums.forEach((sum, i) => local.set(sum, multiplyAdd(code, factors[i]![u]!, y, sum)))
  })
}
