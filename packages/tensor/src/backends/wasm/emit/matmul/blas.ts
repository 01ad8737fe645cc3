import { call, i32, local } from 'wasmati'
import { setAtMost } from '../control.ts'
import { define } from '../define.ts'
import type { EmittedKernel, SgemmImport, Target } from '../target.ts'
import {
  addScaled,
  batchSize,
  eachItem,
  finishRows,
  makeFrame,
  sharesColumns,
  sideBytes,
  type Blocks,
} from './frame.ts'
import { layoutOf, plainStore, type Problem, type Side } from './problem.ts'

/** A factor as BLAS knows it: a matrix whose rows (or, transposed, whose columns) lie `stride` elements apart. */
interface Matrix {
  readonly transposed: boolean
  readonly stride: number
}

interface Matrices {
  readonly a: Matrix
  readonly b: Matrix
}

/** Multiply-adds that pay for leaving WebAssembly. */
const worthCalling = 1 << 15

/** Both factors as matrices of BLAS; undefined where they are not (other dtypes, overlapping rows) or are too small. */
export function matricesOf({ a, b, m, n, k }: Problem): Matrices | undefined {
  const [left, right] = [matrixOf(a, m, k, 'along'), matrixOf(b, n, k, 'across')]
  return m * n * k >= worthCalling && left && right ? { a: left, b: right } : undefined
}

function matrixOf(side: Side, lines: number, k: number, straight: 'along' | 'across'): Matrix | undefined {
  const layout = layoutOf(side, lines, k)
  const [stride, length] = layout === 'along' ? [side.line, k] : [side.k, lines]
  if (side.dtype !== 'f32' || layout === 'scattered' || stride < length) return undefined
  return { transposed: layout !== straight, stride }
}

/** BLAS packs the factors of every call, which large items pay for; smaller ones only where threads would have none. */
const fewItems = 4
const manyItems = 8
const largeWork = 1 << 24
const leastWork = 1 << 20
const leastSide = 64
/** Bytes of products that wait in an L2 cache for the epilogue. */
const mostWaiting = 1 << 20

interface Plan extends Blocks {
  readonly rowsPerItem: number
}

/** Items by halving rows or columns, the more numerous ones. The number of threads plays no part, so results are the same for any. */
function planBlas(problem: Problem): Plan {
  const { m, n, k } = problem
  const batches = batchSize(problem)
  const waiting = plainStore(problem) === undefined ? mostWaiting : Infinity
  let [rowsPerItem, columnsPerItem] = [roundUp(m), roundUp(n)]
  const planned = (): Plan => {
    const [rowBlocks, columnBlocks] = [Math.ceil(m / rowsPerItem), Math.ceil(n / columnsPerItem)]
    const items = batches * rowBlocks * columnBlocks
    const itemsPerUnit = Math.max(1, Math.floor(leastWork / (rowsPerItem * columnsPerItem * k)))
    const sharedColumns = sharesColumns(problem)
    return { rowsPerItem, columnsPerItem, rowBlocks, columnBlocks, items, itemsPerUnit, sharedColumns }
  }
  const isTooLarge = (): boolean => {
    const { items } = planned()
    const work = rowsPerItem * columnsPerItem * k
    const isLarge = items < fewItems ? work >= 2 * leastWork : items < manyItems && work >= 2 * largeWork
    const waits = rowsPerItem * columnsPerItem * 4 > waiting
    return (isLarge || waits) && Math.max(rowsPerItem, columnsPerItem) > leastSide
  }
  while (isTooLarge())
    if (rowsPerItem >= columnsPerItem) rowsPerItem = roundUp(rowsPerItem / 2)
    else columnsPerItem = roundUp(columnsPerItem / 2)
  return planned()
}

/** A multiple of the widest step of an epilogue. */
const roundUp = (x: number): number => 16 * Math.ceil(x / 16)

/** Items multiplied by the system's BLAS, each on one thread; the epilogue follows while their products are in the cache. */
export function emitBlas(problem: Problem, matrices: Matrices, sgemm: SgemmImport, target: Target): EmittedKernel {
  const plan = planBlas(problem)
  const store = plainStore(problem)
  const func = define(['i32', 'i32', 'i32', 'i32'], ([args, begin, end, scratch], locals) => {
    const frame = makeFrame(problem, plan, target, [args, scratch], 0, locals)
    const [row, rows, rest] = [locals.i32(), locals.i32(), locals.i32()]
    const cStride = store === undefined ? plan.columnsPerItem : store.map.strides.at(-2)!
    eachItem(frame, begin, end, () => {
      local.set(row, i32.mul(frame.rowBlock, plan.rowsPerItem))
      local.set(rest, i32.sub(problem.m, row))
      setAtMost(rows, rest, plan.rowsPerItem)
      addScaled(frame.a, row, sideBytes(problem.a, problem.a.line))
      if (store !== undefined) addScaled(frame.c, row, 4 * cStride)
      const { a, b, c, columns } = frame
      const transposed = (factor: Matrix): number => Number(factor.transposed)
      const sizes = [rows, columns, problem.k] as const
      const [left, right] = [matrices.a, matrices.b]
      call(sgemm, [transposed(left), transposed(right), ...sizes, a, left.stride, b, right.stride, c, cStride])
      finishRows(frame, frame.c, row, rows)
    })
  })
  const scratchBytes = store === undefined ? plan.rowsPerItem * plan.columnsPerItem * 4 : 0
  return { func, units: Math.ceil(plan.items / plan.itemsPerUnit), scratchBytes }
}
