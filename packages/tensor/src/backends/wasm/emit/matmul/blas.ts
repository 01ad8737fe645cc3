import { call, i32, local } from 'wasmati'
import { coreCount } from '../../threads/count.ts'
import { setAtMost } from '../control.ts'
import { define } from '../define.ts'
import type { EmittedKernel, SgemmImport, Target } from '../target.ts'
import { planBlas } from './blasPlan.ts'
import { addScaled, eachItem, finishRows, makeFrame, sideBytes } from './frame.ts'
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

/** Items multiplied by the system's BLAS, each on one thread; the epilogue follows while their products are in the cache. */
export function emitBlas(problem: Problem, matrices: Matrices, sgemm: SgemmImport, target: Target): EmittedKernel {
  const plan = planBlas(problem, coreCount())
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
