import { call, i32, if_, local, type Local } from 'wasmati'
import { countDown, setAtMost, whileLess } from '../control.ts'
import { addScaled, sideBytes, type Frame } from './frame.ts'
import { panelStep } from './pack.ts'
import { plainStore } from './problem.ts'
import { packRoutine, tileRoutine } from './routines.ts'
import { tileColumns, tileRows, type TileShape } from './tile.ts'

type I32 = Local<'i32'>

/** The locals of one strip: where its A lies, and where the next tile's B and C do. */
interface Cursor {
  readonly a: I32
  readonly b: I32
  readonly c: I32
  readonly left: I32
}

/** Strips of six rows, then those that the plan cuts lower. */
export function emitStrips(frame: Frame): void {
  const { plan, problem, locals, row, firstRow, rowBlock } = frame
  const cursor = { a: locals.i32(), b: locals.i32(), c: locals.i32(), left: locals.i32() }
  const lastRow = locals.i32()
  local.set(firstRow, i32.mul(rowBlock, plan.stripsPerItem * tileRows))
  local.set(row, firstRow)
  const tailRows = plan.tails.reduce((sum, rows) => sum + rows, 0)
  local.set(lastRow, i32.add(firstRow, plan.stripsPerItem * tileRows))
  setAtMost(lastRow, lastRow, problem.m - tailRows)
  whileLess(row, lastRow, () => {
    emitStrip(frame, cursor, tileRows)
    local.set(row, i32.add(row, tileRows))
  })
  if (plan.tails.length === 0) return
  i32.eq(rowBlock, plan.rowBlocks - 1)
  if_(null, () => {
    for (const rows of plan.tails) {
      emitStrip(frame, cursor, rows)
      local.set(row, i32.add(row, rows))
    }
  })
}

/** One strip: its A packed if it must be, then tile after tile along the columns. */
function emitStrip(frame: Frame, cursor: Cursor, rows: number): void {
  const { plan, problem, columns } = frame
  startStrip(frame, cursor, rows)
  const panelBytes = plan.b.packed ? (plan.resident ? problem.k : plan.kPerBlock) * panelStep : 4 * tileColumns
  if (problem.n >= tileColumns) {
    local.set(cursor.left, i32.shr_u(columns, 3))
    countDown(cursor.left, 1, () => {
      callTile(frame, cursor, rows, tileColumns)
      local.set(cursor.b, i32.add(cursor.b, panelBytes))
      local.set(cursor.c, i32.add(cursor.c, 4 * tileColumns))
    })
  }
  const narrow = problem.n % tileColumns
  if (narrow === 0) return
  i32.and(columns, tileColumns - 1)
  if_(null, () => callTile(frame, cursor, rows, narrow))
}

function startStrip(frame: Frame, { a, b, c }: Cursor, rows: number): void {
  const { plan, problem, parts, scratch, row, kStart, kCount } = frame
  const kBytes = sideBytes(problem.a, problem.a.k)
  const lineBytes = sideBytes(problem.a, problem.a.line)
  local.set(a, frame.a)
  addScaled(a, row, lineBytes)
  if (plan.kBlocks > 1) addScaled(a, kStart, kBytes)
  if (plan.a.packed) {
    const to = i32.add(scratch, parts.a)
    local.set(c, to)
    call(packRoutine(plan.a.layout, problem.a.dtype), [a, c, kCount, lineBytes, kBytes, rows])
    local.set(a, c)
  }
  if (plan.b.packed) local.set(b, i32.add(scratch, parts.b))
  else local.set(b, frame.b)
  if (plan.kBlocks > 1 && (plan.resident || !plan.b.packed))
    addScaled(b, kStart, plan.b.packed ? panelStep : sideBytes(problem.b, problem.b.k))
  local.set(c, frame.c)
  const store = plainStore(problem)
  if (store !== undefined) addScaled(c, row, 4 * store.map.strides.at(-2)!)
  else if (plan.kBlocks > 1) addScaled(c, i32.sub(row, frame.firstRow), 4 * plan.columnsPerItem)
}

function callTile(
  { plan, problem, target, kStart, kCount }: Frame,
  { a, b, c }: Cursor,
  rows: number,
  columns: number,
): void {
  const inRows = !plan.a.packed && plan.a.layout === 'along'
  const shape: TileShape = { rows, columns, source: inRows ? 'rows' : 'columns' }
  const aStride = plan.a.packed ? panelStep : sideBytes(problem.a, inRows ? problem.a.line : problem.a.k)
  const bStride = plan.b.packed ? panelStep : sideBytes(problem.b, problem.b.k)
  const store = plainStore(problem)
  const cStride = store === undefined ? 4 * plan.columnsPerItem : 4 * store.map.strides.at(-2)!
  call(tileRoutine(shape, target), [a, b, c, kCount, aStride, bStride, cStride, kStart])
}
