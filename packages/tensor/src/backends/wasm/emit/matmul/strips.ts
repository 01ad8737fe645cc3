import { call, i32, if_, local, type Local } from 'wasmati'
import { countDown, setAtMost, whileLess } from '../control.ts'
import { addScaled, finishRows, sideBytes, type Frame } from './frame.ts'
import { panelStep } from './pack.ts'
import { packPanels } from './panels.ts'
import { panelBytes, type Plan, type ScratchParts } from './plan.ts'
import { plainStore } from './problem.ts'
import { tileRoutine } from './routines.ts'
import { tileColumns, tileRows, type TileShape } from './tile.ts'

type I32 = Local<'i32'>

/** What the code of a packed matmul is written with. */
export interface PackedFrame extends Frame {
  readonly plan: Plan
  readonly parts: ScratchParts
  /** The block of k. */
  readonly kStart: I32
  readonly kCount: I32
  /** First row of the item and of the strip. */
  readonly firstRow: I32
  readonly row: I32
}

/** The locals of one strip: the panel of its A, and where its tiles' A, B and C lie. */
interface Cursor {
  readonly panel: I32
  readonly a: I32
  readonly b: I32
  readonly c: I32
  readonly left: I32
}

/** Strips of six rows, then those that the plan cuts lower. */
export function emitStrips(frame: PackedFrame): void {
  const { plan, problem, parts, scratch, locals, row, firstRow, rowBlock } = frame
  const cursor = { panel: locals.i32(), a: locals.i32(), b: locals.i32(), c: locals.i32(), left: locals.i32() }
  const lastRow = locals.i32()
  const fullRows = problem.m - plan.tails.reduce((sum, rows) => sum + rows, 0)
  local.set(firstRow, i32.mul(rowBlock, plan.stripsPerItem * tileRows))
  local.set(row, firstRow)
  local.set(lastRow, i32.add(firstRow, plan.stripsPerItem * tileRows))
  setAtMost(lastRow, lastRow, fullRows)
  local.set(cursor.panel, i32.add(scratch, parts.a))
  if (plan.a.packed && fullRows > 0) packRows(frame, lastRow)
  whileLess(row, lastRow, () => emitStrip(frame, cursor, tileRows))
  if (plan.tails.length === 0) return
  i32.eq(rowBlock, plan.rowBlocks - 1)
  if_(null, () => {
    for (const rows of plan.tails) emitStrip(frame, cursor, rows)
  })
}

/** Packs the item's strips of full height. */
function packRows(frame: PackedFrame, lastRow: I32): void {
  const { locals, row, parts, scratch } = frame
  const [from, to, lines] = [locals.i32(), locals.i32(), locals.i32()]
  setRowStart(frame, from)
  local.set(to, i32.add(scratch, parts.a))
  local.set(lines, i32.sub(lastRow, row))
  packRowPanels(frame, from, to, lines)
}

function packRowPanels({ problem, plan, kCount, locals }: PackedFrame, from: I32, to: I32, lines: I32): void {
  const size = { panelLines: tileRows, panelBytes: panelBytes(plan.kPerBlock) }
  packPanels({ side: problem.a, layout: plan.a.layout, from, to, k: kCount, lines, ...size }, locals)
}

/** into = address of the current row and block of k of A */
function setRowStart({ problem, plan, a, row, kStart }: PackedFrame, into: I32): void {
  local.set(into, a)
  addScaled(into, row, sideBytes(problem.a, problem.a.line))
  if (plan.kBlocks > 1) addScaled(into, kStart, sideBytes(problem.a, problem.a.k))
}

/** One strip: tile after tile along the columns. */
function emitStrip(frame: PackedFrame, cursor: Cursor, rows: number): void {
  const { plan, problem, columns, row } = frame
  startStrip(frame, cursor, rows)
  const step = plan.b.packed ? panelBytes(plan.kPerPanel) : 4 * tileColumns
  if (problem.n >= tileColumns) {
    local.set(cursor.left, i32.shr_u(columns, 3))
    countDown(cursor.left, 1, () => {
      callTile(frame, cursor, rows, tileColumns)
      local.set(cursor.b, i32.add(cursor.b, step))
      local.set(cursor.c, i32.add(cursor.c, 4 * tileColumns))
    })
  }
  const narrow = problem.n % tileColumns
  if (narrow > 0) {
    i32.and(columns, tileColumns - 1)
    if_(null, () => callTile(frame, cursor, rows, narrow))
  }
  finishStrip(frame, cursor, rows)
  if (plan.a.packed) local.set(cursor.panel, i32.add(cursor.panel, panelBytes(plan.kPerBlock)))
  local.set(row, i32.add(row, rows))
}

function startStrip(frame: PackedFrame, { panel, a, b, c, left }: Cursor, rows: number): void {
  const { plan, problem, parts, scratch, kStart } = frame
  setRowStart(frame, a)
  if (plan.a.packed) {
    if (rows < tileRows) {
      local.set(left, rows)
      local.set(b, panel)
      packRowPanels(frame, a, b, left)
    }
    local.set(a, panel)
  }
  local.set(b, plan.b.packed ? i32.add(scratch, parts.b) : frame.b)
  if (plan.kBlocks > 1 && (plan.resident || !plan.b.packed))
    addScaled(b, kStart, plan.b.packed ? panelStep : sideBytes(problem.b, problem.b.k))
  setProducts(frame, c)
}

/** After the last block of k the strip is finished. */
function finishStrip(frame: PackedFrame, { c }: Cursor, rows: number): void {
  const { plan, problem, kStart, row, epilogue } = frame
  if (epilogue === undefined) return
  if (plan.kBlocks === 1) return finishRows(frame, frame.c, row, rows)
  i32.ge_u(i32.add(kStart, plan.kPerBlock), problem.k)
  if_(null, () => {
    setProducts(frame, c)
    finishRows(frame, c, row, rows)
  })
}

/** into = where the strip's products go: the result itself, or scratch. */
function setProducts(frame: PackedFrame, into: I32): void {
  const { plan, problem, row, firstRow } = frame
  const store = plainStore(problem)
  local.set(into, frame.c)
  if (store !== undefined) addScaled(into, row, (4 * store.map.strides.at(-2)!) | 0)
  else if (plan.kBlocks > 1) addScaled(into, i32.sub(row, firstRow), 4 * plan.columnsPerItem)
}

function callTile(
  { plan, problem, target, kStart, kCount }: PackedFrame,
  { a, b, c }: Cursor,
  rows: number,
  columns: number,
): void {
  const inRows = !plan.a.packed && plan.a.layout === 'along'
  const shape: TileShape = { rows, columns, source: inRows ? 'rows' : 'columns' }
  const aStride = plan.a.packed ? panelStep : sideBytes(problem.a, inRows ? problem.a.line : problem.a.k)
  const bStride = plan.b.packed ? panelStep : sideBytes(problem.b, problem.b.k)
  const store = plainStore(problem)
  const cStride = store === undefined ? 4 * plan.columnsPerItem : (4 * store.map.strides.at(-2)!) | 0
  call(tileRoutine(shape, target), [a, b, c, kCount, aStride, bStride, cStride, kStart])
}
