import { i32, if_, local, v128, type Func } from 'wasmati'
import type { Value } from '../../../../compiler/kernel.ts'
import { dtypes } from '../../../../dtype.ts'
import { defineCode, type Code, type Int, type Vector } from '../code.ts'
import { accessOf, valueAccess } from '../loops/accesses.ts'
import { dependenceOf, inputsOf } from '../loops/dependence.ts'
import type { Nest } from '../loops/nest.ts'
import { vectorsFor } from '../loops/row.ts'
import { countDown, whileLess } from '../control.ts'
import { costOf } from '../values/costs.ts'
import { computeAt, type Evaluation } from '../values/evaluation.ts'
import { placeIn, prepare, type Access, type Place, type VectorAt } from '../values/place.ts'
import { storageOf } from '../values/storage.ts'
import { storeAt } from '../values/store.ts'
import type { Problem } from './problem.ts'

/**
 * epilogue(args, c, row, rows, column, columns, batch…): computes the values of these rows and columns from their
 * products at `c`, and stores them.
 */
export type Epilogue = Func<'i32'[], []>

/** What the code of an epilogue is written with. */
interface Context {
  readonly problem: Problem
  readonly evaluation: Evaluation
  /** Values that the stores need, in order. */
  readonly needs: readonly number[]
  readonly stores: readonly Access[]
  /** Columns of a turn of the inner loop. */
  readonly step: number
  /** Address of the product that belongs to the vector with shift 0. */
  readonly product: Int
}

const noneKept = new Map<number, Access>()

/** `cStride` lies between rows of products, in bytes. */
export function emitEpilogue(problem: Problem, cStride: number, relaxed: boolean): Epilogue {
  const params = Array<'i32'>(6 + problem.batch.length).fill('i32')
  return defineCode(params, relaxed, ([args, c, row, rows, column, columns, ...batch], code) => {
    const context = contextOf(problem, args!, code)
    const { batch: sizes } = problem
    const call = placeIn(undefined, new Map(), [])
    enter(context, call)
    const [lastRow, lastColumn] = [code.keepInt(i32.add(row!, rows!)), code.keepInt(i32.add(column!, columns!))]
    whileLess(row!, lastRow, () =>
      code.region(() => {
        const indices = [...batch, row!].map((index, loop) => [loop, index] as const)
        const place = placeIn(call, new Map(indices), [{ shift: 0, lanes: 1 }])
        enter(context, place)
        local.set(context.product, c!)
        emitColumns(context, place, column!, lastColumn, sizes.length + 1)
        local.set(c!, i32.add(c!, cStride))
        local.set(row!, i32.add(row!, 1))
      }),
    )
  }) as Epilogue
}

function contextOf(problem: Problem, args: Int, code: Code): Context {
  const nest = nestOf(problem)
  const { operands, values } = problem
  const addresses = operands.map((_, operand) => code.keepInt(i32.load({ offset: 4 * operand }, args)))
  const dependence = dependenceOf({ ...nest, values: values.map(value => placedProduct(nest, value)) })
  const accesses = values.map(value => valueAccess(code, nest, dependence, addresses, value))
  const product = code.int()
  const keys = new Map(
    values.flatMap(value =>
      value.op === 'randomBits' ? [[value.operand, keyAt(code, addresses[value.operand]!)]] : [],
    ),
  )
  const pushProduct = (_: Place, { shift }: VectorAt) => v128.load({ offset: 4 * shift }, product)
  const needs = neededBy(
    values,
    problem.stores.map(({ value }) => value),
  )
  const cost = needs.reduce((sum, value) => sum + costOf(values[value]!.op), 0)
  return {
    problem,
    evaluation: { code, operands, values, ...dependence, accesses, keys, results: new Map(), product: pushProduct },
    needs,
    stores: problem.stores.map(({ operand, map }) =>
      accessOf(nest, map, addresses[operand], dtypes[operands[operand]!.dtype].bytes),
    ),
    // Several vectors a turn share the loop's own work; costly values would only take more code.
    step: cost <= 12 ? 16 : cost <= 32 ? 8 : 4,
    product,
  }
}

/** The loops of the epilogue: batch elements and rows, then columns in lanes. */
function nestOf({ operands, batch, m, n, values }: Problem): Nest {
  const rowLoops = batch.length + 1
  return { operands, sizes: [...batch, m, n], rowLoops, lanesLoop: rowLoops, values, stages: [] }
}

/** Products differ from column to column, as column numbers do. */
function placedProduct({ sizes, lanesLoop }: Nest, value: Value): Value {
  if (value.op !== 'product') return value
  const strides = sizes.map((_, loop) => Number(loop === lanesLoop))
  return { type: 'i32', op: 'index', map: { offset: 0, strides, bounds: [], fill: 0 } }
}

const keyAt = (code: Code, address: Int) =>
  [0, 4].map(offset => code.keep(v128.load32_splat({ offset }, address))) as unknown as readonly [Vector, Vector]

/** The values and all that they are computed from, in order. */
function neededBy(values: readonly Value[], roots: readonly number[]): number[] {
  const found = new Set(roots)
  for (const value of found) inputsOf(values[value]!).forEach(input => found.add(input))
  return [...found].toSorted((a, b) => a - b)
}

/** Computes what belongs to a place, and the addresses that inner places start from. */
function enter({ evaluation, needs, stores }: Context, place: Place): void {
  computeAt(evaluation, place, needs, noneKept)
  for (const store of stores) prepare(evaluation.code, place, store)
}

/** All columns of a row: whole steps, then what the last block of columns has left. */
function emitColumns(context: Context, row: Place, first: Int, last: Int, loop: number): void {
  const { problem, evaluation, product, step } = context
  const { code } = evaluation
  const [index, left] = [code.keepInt(first), code.keepInt(i32.sub(last, first))]
  const emitStep = (columns: number): void =>
    code.region(() => {
      const place = placeIn(row, new Map([[loop, index]]), vectorsFor(columns))
      enter(context, place)
      context.stores.forEach((access, i) => {
        const { operand, value } = problem.stores[i]!
        storeAt(code, place, access, storageOf(problem.operands[operand]!.dtype), value)
      })
    })
  countDown(left, step, () => {
    emitStep(step)
    local.set(index, i32.add(index, step))
    local.set(product, i32.add(product, 4 * step))
  })
  const rest = problem.n % step
  if (rest === 0) return
  local.get(left)
  if_(null, () => emitStep(rest))
}
