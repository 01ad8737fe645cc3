import { call, i32, if_, local, memory, v128, type Func, type Local } from 'wasmati'
import { countDown } from '../control.ts'
import { define, type Locals } from '../define.ts'
import { storeSome } from '../lanes.ts'
import { multiplyAdd } from './tile.ts'
import { widenings, type MatmulDType } from './widen.ts'

type I32 = Local<'i32'>
type V128 = Local<'v128'>

const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const

/** flat(x, w, c, k, columns, xStride, wStride, cStride): strides in bytes between rows of x, lines of w and rows of c. */
export type Flat = Func<['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'], []>

/** Rows of w in one pass over c, for 1 … 4 rows of c: as many as their factors leave registers for. */
const rowsPerPass = [8, 4, 3, 2] as const

/**
 * c[i, j] = Σ_k x[i, k] · w[k, j] for a few rows i: row after row of w is added to c, which stays in the L1 cache, so
 * that w is read once and in the order in which it lies. x is f32, contiguous along k.
 */
export function emitAxpy(rows: number, dtype: MatmulDType, relaxed: boolean): Flat {
  const most = rowsPerPass[rows - 1]!
  const passes = [most, 1].map(taken => ({ taken, pass: emitPass(rows, taken, dtype, relaxed) }))
  return define(params, ([x, w, c, k, columns, xStride, wStride, cStride], locals) => {
    clearRows(rows, c, columns, cStride, locals)
    for (const { taken, pass } of passes)
      countDown(k, taken, () => {
        call(pass, [x, w, c, k, columns, xStride, wStride, cStride])
        local.set(x, i32.add(x, 4 * taken))
        local.set(w, i32.add(i32.mul(wStride, taken), w))
      })
  })
}

function clearRows(rows: number, c: I32, columns: I32, cStride: I32, locals: Locals): void {
  const row = locals.i32()
  local.set(row, c)
  for (let i = 0; i < rows; i++) {
    local.get(row)
    i32.const(0)
    i32.mul(columns, 4)
    memory.fill()
    local.set(row, i32.add(row, cStride))
  }
}

/** c[i, j] += Σ_u x[i, u] · w[u, j] for `taken` rows u of w. */
function emitPass(rows: number, taken: number, dtype: MatmulDType, relaxed: boolean): Flat {
  return define(params, ([x, w, c, , columns, xStride, wStride, cStride], locals) => {
    const ws = lineStarts(w, wStride, taken, locals)
    const cs = lineStarts(c, cStride, rows, locals)
    const factors = lineStarts(x, xStride, rows, locals).map(row =>
      ws.map((_, u) => {
        const factor = locals.v128()
        local.set(factor, v128.load32_splat({ offset: 4 * u }, row))
        return factor
      }),
    )
    const registers = { sums: cs.map(locals.v128), y: locals.v128(), spare: locals.v128() }
    const sum = (vector: number): void => sumVector(ws, cs, factors, registers, vector, dtype, relaxed)
    const step = (vectors: number): void => {
      for (const pointer of ws) local.set(pointer, i32.add(pointer, 4 * vectors * widenings[dtype].bytes))
      for (const pointer of cs) local.set(pointer, i32.add(pointer, 16 * vectors))
    }
    for (const vectors of [2, 1])
      countDown(columns, 4 * vectors, () => {
        for (let vector = 0; vector < vectors; vector++) {
          sum(vector)
          cs.forEach((pointer, i) => v128.store({ offset: 16 * vector }, pointer, registers.sums[i]!))
        }
        step(vectors)
      })
    local.get(columns)
    if_(null, () => {
      sum(0)
      cs.forEach((pointer, i) => storeSome(registers.sums[i]!, pointer, columns))
    })
  })
}

/** [start, start + stride, …] */
export function lineStarts(start: I32, stride: I32, count: number, locals: Locals): I32[] {
  const starts = [start]
  for (let i = 1; i < count; i++) {
    const next = locals.i32()
    local.set(next, i32.add(starts[i - 1]!, stride))
    starts.push(next)
  }
  return starts
}

/** sums[i] = c[i] + Σ_u factors[i][u] · w[u], for one vector of columns. */
function sumVector(
  ws: readonly I32[],
  cs: readonly I32[],
  factors: readonly (readonly V128[])[],
  { sums, y, spare }: { sums: readonly V128[]; y: V128; spare: V128 },
  vector: number,
  dtype: MatmulDType,
  relaxed: boolean,
): void {
  const { bytes, load, widen } = widenings[dtype]
  cs.forEach((pointer, i) => local.set(sums[i]!, v128.load({ offset: 16 * vector }, pointer)))
  ws.forEach((pointer, u) => {
    load(pointer, 4 * bytes * vector)
    widen(spare)
    local.set(y)
    sums.forEach((sum, i) => multiplyAdd(relaxed, sum, factors[i]![u]!, y))
  })
}
