import { i32, if_, local, v128, type StackVar } from 'wasmati'
import type { LoopKernel } from '../../../compiler/kernel.ts'
import { defineCode, type Code, type Int } from './code.ts'
import { accessOf, positionAccess, slotAccess, slotSize, valueAccess } from './loops/accesses.ts'
import { dependenceOf, isColumns, type Dependence } from './loops/dependence.ts'
import { nestOf, type Nest } from './loops/nest.ts'
import { emitRow, enterCall, vectorsFor, type RowContext } from './loops/row.ts'
import { planStages, type Stage, type StagePlan } from './loops/stages.ts'
import { forUnits, type Digit } from './loops/units.ts'
import type { EmittedKernel, Target } from './target.ts'
import { costOf } from './values/costs.ts'
import { single, type Evaluation } from './values/evaluation.ts'
import { placeIn, type Access, type Place } from './values/place.ts'
import { dtypes } from '../../../dtype.ts'

/** Elements of a long elementwise loop that make a unit of work: a multiple of any number of vectors handled at once. */
const partSize = 2048
/** Vectors of columns, and how many such blocks are enough for all threads. */
const widestBlock = 8
const enoughBlocks = 16
/** A row's scratch stays well within a core's own cache. */
const mostScratch = 1 << 18

/** A kernel and what was decided about its code. */
interface Plan {
  readonly nest: Nest
  readonly dependence: Dependence
  readonly stages: StagePlan
  /** Vectors handled at once, by stage, or by a unit of columns. */
  readonly vectors: (stage: Stage) => number
  readonly columnVectors: number
  /** How many units a lanes loop is split into: blocks of columns, or parts of a long elementwise loop. */
  readonly splits: number
  readonly isSplit: boolean
}

export function emitLoops(kernel: LoopKernel, target: Target): EmittedKernel {
  const plan = planOf(kernel)
  const { nest, stages, splits } = plan
  const units = rowSizes(nest).reduce((product, size) => product * size, splits)
  const scratchBytes = 4 * stages.slots * slotSize(nest, plan.columnVectors)
  const func = defineCode(['i32', 'i32', 'i32', 'i32'], target.relaxed, ([args, begin, end, scratch], code) => {
    if (units > 0) emitFunction(plan, code, args, begin, end, scratch)
  })
  return { func, units, scratchBytes }
}

/** The loops over rows whose turns are units each. */
const rowSizes = (nest: Nest): number[] =>
  nest.sizes.slice(0, nest.rowLoops).filter((_, loop) => loop !== nest.lanesLoop)

function planOf(kernel: LoopKernel): Plan {
  const nest = nestOf(kernel)
  const dependence = dependenceOf(nest)
  const lanes = nest.sizes[nest.lanesLoop]!
  const columns = isColumns(nest)
  const columnVectors = columns ? columnVectorsOf(nest, dependence) : 1
  const isSplit =
    columns ||
    (nest.stages.every(({ reductions, stores }) => reductions.length === 0 && stores.every(store => !store.perRow)) &&
      lanes > partSize)
  const splits = columns ? Math.ceil(lanes / (4 * columnVectors)) : isSplit ? Math.ceil(lanes / partSize) : 1
  const stages = planStages(nest, dependence, slots => 4 * slots * slotSize(nest, columnVectors) <= mostScratch)
  return {
    nest,
    dependence,
    stages,
    columnVectors,
    splits,
    isSplit,
    vectors: stage => vectorsOf(nest, dependence, stage),
  }
}

/**
 * Vectors that a unit of columns is wide. Rows lie apart in memory, so that wide blocks of cheap values read it best, if
 * enough of them are left to share out.
 */
function columnVectorsOf(nest: Nest, { depths }: Dependence): number {
  const lanes = nest.sizes[nest.lanesLoop]!
  const deepest = 1 + nest.sizes.length - nest.rowLoops
  const cost = nest.values.reduce((sum, { op }, value) => sum + (depths[value] === deepest ? costOf(op) : 0), 0)
  const blocks = rowSizes(nest).reduce((product, size) => product * size, lanes / (4 * widestBlock))
  const most = cost <= 12 && blocks >= enoughBlocks ? widestBlock : cost <= 64 ? widestBlock / 2 : widestBlock / 4
  return Math.max(1, Math.min(most, Math.ceil(lanes / 4)))
}

/** Cheap values gain from several vectors a turn of the loop, costly ones only take more code. */
function vectorsOf({ sizes, rowLoops, values }: Nest, { depths }: Dependence, { needs }: Stage): number {
  const deepest = 1 + sizes.length - rowLoops
  const cost = needs.reduce((sum, value) => sum + (depths[value] === deepest ? costOf(values[value]!.op) : 0), 0)
  return cost <= 12 ? 4 : cost <= 32 ? 2 : 1
}

function emitFunction(plan: Plan, code: Code, args: Int, begin: Int, end: Int, scratch: Int): void {
  const { nest, isSplit, splits } = plan
  const addresses = nest.operands.map((_, operand) => code.keepInt(i32.load({ offset: 4 * operand }, args)))
  const indices = new Map(nest.sizes.slice(0, nest.rowLoops).map((_, loop) => [loop, code.int()] as const))
  const split = code.int()
  const digits = [...indices]
    .filter(([loop]) => loop !== nest.lanesLoop)
    .map(([loop, index]): Digit => ({ size: nest.sizes[loop]!, index }))
  const context = contextOf(plan, code, addresses, scratch, isSplit && !isColumns(nest) ? code.int() : undefined)
  const call = placeIn(undefined, new Map(), single)
  enterCall(context, call)
  forUnits(code, begin, end, isSplit ? [...digits, { size: splits, index: split }] : digits, () =>
    code.region(() => {
      if (isColumns(nest)) return emitColumns(plan, context, call, indices, split)
      if (context.part !== undefined) local.set(context.part.start, i32.mul(split, partSize))
      emitRow(context, placeIn(call, indices, single))
    }),
  )
}

function contextOf(
  { nest, dependence, stages, vectors, columnVectors }: Plan,
  code: Code,
  addresses: readonly Int[],
  scratch: Int,
  start: Int | undefined,
): RowContext {
  const { values, operands } = nest
  const keys = new Map(
    values.flatMap(value =>
      value.op === 'randomBits' ? [[value.operand, keyOf(code, addresses[value.operand]!)] as const] : [],
    ),
  )
  const accesses = values.map(value => valueAccess(code, nest, dependence, addresses, value))
  const evaluation: Evaluation = { code, operands, values, ...dependence, accesses, keys, results: new Map() }
  const stores = new Map(
    stages.stages
      .flatMap(stage => [...stage.stores, ...stage.rowStores])
      .map(store => {
        const access: Access = accessOf(
          nest,
          store.map,
          addresses[store.operand],
          dtypes[operands[store.operand]!.dtype].bytes,
        )
        return [store, access] as const
      }),
  )
  const slots = Array.from({ length: stages.slots }, (_, slot) => slotAccess(nest, scratch, slot, columnVectors))
  const part = start === undefined ? undefined : { start, size: partSize }
  return { nest, evaluation, stages: stages.stages, stores, slots, position: positionAccess(nest), vectors, part }
}

const loadWord = (address: Int, offset: number): StackVar<'v128'> => v128.load32_splat({ offset }, address)

const keyOf = (code: Code, address: Int) => [code.keep(loadWord(address, 0)), code.keep(loadWord(address, 4))] as const

/** A block of columns; the last one may be narrower, which takes code of its own. */
function emitColumns(
  { nest, columnVectors, splits }: Plan,
  context: RowContext,
  call: Place,
  indices: ReadonlyMap<number, Int>,
  block: Int,
): void {
  const width = 4 * columnVectors
  const last = nest.sizes[nest.lanesLoop]! - (splits - 1) * width
  local.set(indices.get(nest.lanesLoop)!, i32.mul(block, width))
  const emit = (columns: number): void => {
    context.evaluation.results.clear()
    context.evaluation.code.region(() => emitRow(context, placeIn(call, indices, vectorsFor(columns))))
  }
  if (splits === 1 || last === width) return emit(last)
  i32.eq(block, splits - 1)
  if_(
    null,
    () => emit(last),
    () => emit(width),
  )
}
