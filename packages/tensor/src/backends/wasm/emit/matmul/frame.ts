import { $, call, i32, local, type Input, type Local } from 'wasmati'
import { setAtMost, whileLess } from '../control.ts'
import type { Locals } from '../define.ts'
import type { Target } from '../target.ts'
import { emitEpilogue, type Epilogue } from './epilogue.ts'
import { plainStore, type Problem, type Side } from './problem.ts'
import { bytesOf } from './widen.ts'

type I32 = Local<'i32'>

/**
 * Work comes in items: a batch element, a block of columns, a block of rows. Items that share a batch element's columns
 * follow one another; a unit is a run of items.
 */
export interface Blocks {
  readonly rowBlocks: number
  readonly columnsPerItem: number
  readonly columnBlocks: number
  /** Whether every batch element has the same B: then batch elements follow one another within a column block. */
  readonly sharedColumns: boolean
  readonly items: number
  readonly itemsPerUnit: number
}

/** What the code of any matmul is written with. */
export interface Frame {
  readonly problem: Problem
  readonly blocks: Blocks
  readonly target: Target
  readonly args: I32
  readonly scratch: I32
  /** Where in the scratch products wait for the epilogue, if there is one. */
  readonly resultOffset: number
  readonly epilogue: Epilogue | undefined
  /** Indices of the batch loops, of the block of columns and of the block of rows. */
  readonly batch: readonly I32[]
  readonly columnBlock: I32
  readonly rowBlock: I32
  /** Addresses of the batch element's first row of A, the item's first column of B and its first column of C. */
  readonly a: I32
  readonly b: I32
  readonly c: I32
  /** Columns of the item. */
  readonly columns: I32
  readonly locals: Locals
}

export const batchSize = ({ batch }: Problem): number => batch.reduce((product, size) => product * size, 1)

export const sharesColumns = ({ b }: Problem): boolean => b.batch.every(stride => stride === 0)

export function makeFrame(
  problem: Problem,
  blocks: Blocks,
  target: Target,
  [args, scratch]: readonly [I32, I32],
  resultOffset: number,
  locals: Locals,
): Frame {
  const make = locals.i32
  const batch = problem.batch.map(make)
  const [columnBlock, rowBlock, a, b, c, columns] = [make(), make(), make(), make(), make(), make()]
  const plain = plainStore(problem) !== undefined
  const epilogue = plain ? undefined : emitEpilogue(problem, 4 * blocks.columnsPerItem, target.relaxed)
  return {
    problem,
    blocks,
    target,
    args,
    scratch,
    resultOffset,
    epilogue,
    batch,
    columnBlock,
    rowBlock,
    a,
    b,
    c,
    columns,
    locals,
  }
}

/** Elements of a factor in bytes, modulo 2³² as addresses are. */
export const sideBytes = (side: Side, elements: number): number => (elements * bytesOf(side.dtype)) | 0

/** Runs `body` for every item of units [begin, end), which become the first and the last item. */
export function eachItem(frame: Frame, begin: I32, end: I32, body: () => void): void {
  const { itemsPerUnit, items } = frame.blocks
  const rest = frame.locals.i32()
  local.set(begin, i32.mul(begin, itemsPerUnit))
  local.set(end, i32.mul(end, itemsPerUnit))
  setAtMost(end, end, items)
  whileLess(begin, end, () => {
    locateItem(frame, begin, rest)
    body()
    local.set(begin, i32.add(begin, 1))
  })
}

/** Splits an item's number into block indices and batch indices, and finds where its factors and its results begin. */
function locateItem(frame: Frame, item: I32, rest: I32): void {
  const { blocks, problem, batch, columnBlock, rowBlock, a, b, columns } = frame
  local.set(rest, item)
  const takeDigit = (into: I32, size: number): void => {
    local.set(into, i32.rem_u(rest, size))
    local.set(rest, i32.div_u(rest, size))
  }
  takeDigit(rowBlock, blocks.rowBlocks)
  if (!blocks.sharedColumns) takeDigit(columnBlock, blocks.columnBlocks)
  for (let d = batch.length - 1; d >= 0; d--) takeDigit(batch[d]!, problem.batch[d]!)
  if (blocks.sharedColumns) local.set(columnBlock, rest)
  local.set(rest, i32.sub(problem.n, i32.mul(columnBlock, blocks.columnsPerItem)))
  setAtMost(columns, rest, blocks.columnsPerItem)
  setAddress(frame, a, problem.a, bytesOf(problem.a.dtype))
  setAddress(frame, b, problem.b, bytesOf(problem.b.dtype))
  addScaled(b, columnBlock, sideBytes(problem.b, blocks.columnsPerItem * problem.b.line))
  locateResults(frame)
}

/** c = where the item's first row of results, or of products that wait for the epilogue, begins. */
function locateResults(frame: Frame): void {
  const { problem, blocks, scratch, resultOffset, columnBlock, c } = frame
  const store = plainStore(problem)
  if (store === undefined) return local.set(c, i32.add(scratch, resultOffset))
  const { offset, strides } = store.map
  setAddress(frame, c, { operand: store.operand, offset, batch: strides.slice(0, -2) }, 4)
  addScaled(c, columnBlock, 4 * blocks.columnsPerItem)
}

/** into = address of the operand + (offset + Σ index · stride) · bytes, over the batch loops. */
function setAddress(
  { args, batch }: Frame,
  into: I32,
  { operand, offset, batch: strides }: Pick<Side, 'operand' | 'offset' | 'batch'>,
  bytes: number,
): void {
  local.set(into, i32.load({ offset: 4 * operand }, args))
  if (offset !== 0) local.set(into, i32.add(into, (offset * bytes) | 0))
  batch.forEach((index, d) => addScaled(into, index, (strides[d]! * bytes) | 0))
}

/** into += index · stride */
export function addScaled(into: I32, index: Input<'i32'>, stride: number): void {
  if (stride === 0) return
  i32.mul(index, stride)
  local.set(into, i32.add($, into))
}

/** Calls the epilogue, if there is one, for `rows` rows of the item's columns, whose products lie at `c`. */
export function finishRows(frame: Frame, c: Input<'i32'>, row: Input<'i32'>, rows: Input<'i32'>): void {
  const { epilogue, args, columnBlock, columns, batch, blocks, locals } = frame
  if (epilogue === undefined) return
  const [from, column] = [locals.i32(), locals.i32()]
  local.set(from, c)
  local.set(column, i32.mul(columnBlock, blocks.columnsPerItem))
  call(epilogue, [args, from, row, rows, column, columns, ...batch])
}
