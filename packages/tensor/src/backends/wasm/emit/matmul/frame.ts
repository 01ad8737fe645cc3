import { $, i32, local, type Input, type Local } from 'wasmati'
import { setAtMost } from '../control.ts'
import type { Locals } from '../define.ts'
import type { Target } from '../target.ts'
import { panelStep } from './pack.ts'
import type { Plan } from './plan.ts'
import { plainStore, type Problem, type Side } from './problem.ts'
import { tileColumns, tileRows } from './tile.ts'

type I32 = Local<'i32'>

/** Byte offsets of the parts of a thread's scratch: a strip of A, finished strips of C, panels of B. */
export interface ScratchParts {
  readonly a: number
  readonly c: number
  readonly b: number
  readonly bytes: number
}

/** What the code of one kernel is written with: its plan, and the locals that its loops share. */
export interface Frame {
  readonly problem: Problem
  readonly plan: Plan
  readonly target: Target
  readonly parts: ScratchParts
  readonly args: I32
  readonly scratch: I32
  /** Indices of the batch loops, of the block of columns and of the block of row strips. */
  readonly batch: readonly I32[]
  readonly columnBlock: I32
  readonly rowBlock: I32
  /** Addresses of the batch element's first row of A, the item's first column of B and its first element of C. */
  readonly a: I32
  readonly b: I32
  readonly c: I32
  /** The `b` whose columns lie packed in scratch. */
  readonly packedFrom: I32
  /** Columns of the item. */
  readonly columns: I32
  /** The block of k. */
  readonly kStart: I32
  readonly kCount: I32
  /** First row of the item and of the strip. */
  readonly firstRow: I32
  readonly row: I32
  readonly locals: Locals
}

export const elementBytes = { f32: 4, f16: 2, bf16: 2, i8: 1 } as const

/** Elements of a factor in bytes, modulo 2³² as addresses are. */
export const sideBytes = (side: Side, elements: number): number => (elements * elementBytes[side.dtype]) | 0

export const scratchParts = (
  { a, b, columnsPerItem, kPerBlock, resident, kBlocks, stripsPerItem }: Plan,
  k: number,
  direct: boolean,
): ScratchParts => {
  const aBytes = a.packed ? kPerBlock * panelStep : 0
  const cRows = kBlocks === 1 ? tileRows : tileRows * (stripsPerItem + 2)
  const cBytes = direct ? 0 : cRows * columnsPerItem * 4
  const bBytes = b.packed ? (columnsPerItem / tileColumns) * (resident ? k : kPerBlock) * panelStep : 0
  return { a: 0, c: aBytes, b: aBytes + cBytes, bytes: aBytes + cBytes + bBytes }
}

export function makeFrame(
  problem: Problem,
  plan: Plan,
  target: Target,
  args: I32,
  scratch: I32,
  locals: Locals,
): Frame {
  const parts = scratchParts(plan, problem.k, plainStore(problem) !== undefined)
  const make = locals.i32
  return {
    problem,
    plan,
    target,
    parts,
    args,
    scratch,
    locals,
    batch: problem.batch.map(make),
    columnBlock: make(),
    rowBlock: make(),
    a: make(),
    b: make(),
    c: make(),
    packedFrom: make(),
    columns: make(),
    kStart: make(),
    kCount: make(),
    firstRow: make(),
    row: make(),
  }
}

/** Splits an item's number into block indices and batch indices, and finds where its factors and its results begin. */
export function locateItem(frame: Frame, item: I32, rest: I32): void {
  const { plan, problem, batch, columnBlock, rowBlock, a, b, c } = frame
  local.set(rest, item)
  const takeDigit = (into: I32, size: number): void => {
    local.set(into, i32.rem_u(rest, size))
    local.set(rest, i32.div_u(rest, size))
  }
  takeDigit(rowBlock, plan.rowBlocks)
  if (!plan.sharedColumns) takeDigit(columnBlock, plan.columnBlocks)
  for (let d = batch.length - 1; d >= 0; d--) takeDigit(batch[d]!, problem.batch[d]!)
  if (plan.sharedColumns) local.set(columnBlock, rest)
  setAddress(
    frame,
    a,
    problem.a.operand,
    sideBytes(problem.a, problem.a.offset),
    problem.a.batch.map(stride => sideBytes(problem.a, stride)),
  )
  setAddress(
    frame,
    b,
    problem.b.operand,
    sideBytes(problem.b, problem.b.offset),
    problem.b.batch.map(stride => sideBytes(problem.b, stride)),
  )
  addScaled(b, columnBlock, sideBytes(problem.b, plan.columnsPerItem * problem.b.line))
  local.set(rest, i32.sub(problem.n, i32.mul(columnBlock, plan.columnsPerItem)))
  setAtMost(frame.columns, rest, plan.columnsPerItem)
  const store = plainStore(problem)
  if (store === undefined) local.set(c, i32.add(frame.scratch, frame.parts.c))
  else {
    setAddress(
      frame,
      c,
      store.operand,
      (4 * store.map.offset) | 0,
      store.map.strides.map(stride => (4 * stride) | 0),
    )
    addScaled(c, columnBlock, 4 * plan.columnsPerItem)
  }
}

/** into = address of the operand + offset + Σ batch[d] · strides[d], in bytes. */
function setAddress(
  { args, batch }: Frame,
  into: I32,
  operand: number,
  offset: number,
  strides: readonly number[],
): void {
  local.set(into, i32.load({ offset: 4 * operand }, args))
  if (offset !== 0) local.set(into, i32.add(into, offset))
  batch.forEach((index, d) => addScaled(into, index, strides[d]!))
}

/** into += index · stride */
export function addScaled(into: I32, index: Input<'i32'>, stride: number): void {
  if (stride === 0) return
  i32.mul(index, stride)
  local.set(into, i32.add($, into))
}
