import { f32x4, i32, i32x4, if_, local, type Local } from 'wasmati'
import type { IndexMap, ScatterAddKernel } from '../../../compiler/kernel.ts'
import { rowMajorStrides } from '../../../shape.ts'
import { countDown, range, setAtMost } from './control.ts'
import { define, type Locals } from './define.ts'
import { raiseIndexFault } from './fault.ts'
import { loadLanes, storeLanes } from './lanes.ts'
import { advance, eachLines, planLines, walkAlong, type LinePlan, type Walk } from './lines.ts'
import type { EmittedKernel } from './target.ts'

type I32 = Local<'i32'>
type V128 = Local<'v128'>

/** Blocks of rows of a large result; each of them looks through all indices. */
const mostBlocks = 32

/**
 * Whether a result has many more rows than are added to: the gradient of a large embedding. Then filling it takes
 * longest, and goes best in order of memory: items own rows, not lines along the axis.
 */
export function scattersRows({ axis, outShape, sourceShape, index }: ScatterAddKernel): boolean {
  const last = outShape.length - 1
  return axis < last && index.strides[last] === 0 && outShape[axis]! > 2 * sourceShape[axis]!
}

/** What the code is written with. */
interface Rows {
  readonly columns: number
  readonly add: (x: V128, y: V128) => void
  readonly base: Walk
  readonly index: Walk
  readonly source: Walk
  readonly out: Walk
  /** Bytes between the columns of base and of source. */
  readonly baseColumn: number
  readonly sourceColumn: number
  readonly from: I32
  readonly to: I32
  readonly left: I32
  readonly x: V128
  readonly y: V128
}

export function emitScatterRows(kernel: ScatterAddKernel): EmittedKernel {
  const { axis, outShape, sourceShape } = kernel
  const size = outShape[axis]!
  const rowsPerBlock = Math.ceil(size / mostBlocks)
  const plan = planLines([...outShape.slice(0, -1), Math.ceil(size / rowsPerBlock)], axis, 1)
  const func = define(['i32', 'i32', 'i32', 'i32'], ([args, begin, end], locals) => {
    const rows = makeRows(kernel, plan, rowsPerBlock, locals)
    const { base, index, source, out } = rows
    const [firstRow, count, step, at] = [locals.i32(), locals.i32(), locals.i32(), locals.i32()]
    eachLines(plan, [args, begin, end], [base, index, source, out], locals, (_, block) => {
      local.set(firstRow, i32.mul(block, rowsPerBlock))
      local.set(count, i32.sub(size, firstRow))
      setAtMost(count, count, rowsPerBlock)
      fillRows(rows, step, count)
      range(step, 0, sourceShape[axis]!, 1, () => {
        local.set(at, i32.load({}, index.address))
        addRow(rows, at, firstRow, count, size)
        advance(index)
        advance(source)
      })
    })
  })
  return { func, units: plan.units, scratchBytes: 0 }
}

function makeRows(kernel: ScatterAddKernel, plan: LinePlan, rowsPerBlock: number, locals: Locals): Rows {
  const { axis, outShape, operands } = kernel
  const last = outShape.length - 1
  /** The map without columns; a block further is so many rows, or nothing. */
  const overBlocks = (map: IndexMap, rows: number): IndexMap => ({
    ...map,
    strides: map.strides.with(last, rows * map.strides[axis]!),
  })
  const rowMajor = { offset: 0, strides: rowMajorStrides(outShape), bounds: [], fill: 0 }
  const float = operands[3]!.dtype === 'f32'
  return {
    columns: outShape[last]!,
    add: (x, y) => local.set(x, float ? f32x4.add(x, y) : i32x4.add(x, y)),
    base: walkAlong(plan, 0, overBlocks(kernel.base, rowsPerBlock), locals),
    index: walkAlong(plan, 1, overBlocks(kernel.index, 0), locals),
    source: walkAlong(plan, 2, overBlocks(kernel.source, 0), locals),
    out: walkAlong(plan, 3, overBlocks(rowMajor, rowsPerBlock), locals),
    baseColumn: (4 * kernel.base.strides[last]!) | 0,
    sourceColumn: (4 * kernel.source.strides[last]!) | 0,
    from: locals.i32(),
    to: locals.i32(),
    left: locals.i32(),
    x: locals.v128(),
    y: locals.v128(),
  }
}

function fillRows(rows: Rows, step: I32, count: I32): void {
  const { base, out, baseColumn, from, to, left, x } = rows
  local.set(to, out.address)
  range(step, 0, count, 1, () => {
    local.set(from, base.address)
    eachColumns(rows, left, baseColumn, (first, lanes) => {
      loadLanes(x, from, baseColumn, first, lanes)
      storeLanes(x, to, 4, first, lanes)
    })
    advance(base)
  })
}

/** Adds the source's row to the one that its index points to, if that is among these rows. */
function addRow(rows: Rows, at: I32, firstRow: I32, count: I32, size: number): void {
  const { source, out, sourceColumn, from, to, left, x, y, add } = rows
  i32.lt_u(i32.sub(at, firstRow), count)
  if_(
    null,
    () => {
      local.set(to, i32.add(i32.mul(i32.sub(at, firstRow), out.stepBytes), out.address))
      local.set(from, source.address)
      eachColumns(rows, left, sourceColumn, (first, lanes) => {
        loadLanes(x, to, 4, first, lanes)
        loadLanes(y, from, sourceColumn, first, lanes)
        add(x, y)
        storeLanes(x, to, 4, first, lanes)
      })
    },
    () => {
      i32.ge_u(at, size)
      if_(null, () => raiseIndexFault(at, size))
    },
  )
}

/** Walks `from` and `to` along a row's columns, four vectors a turn; `to` ends behind the last one. */
function eachColumns(
  { columns, from, to }: Rows,
  left: I32,
  fromColumn: number,
  body: (first: number, lanes: number) => void,
): void {
  const rest = columns % 16
  local.set(left, columns)
  countDown(left, 16, () => {
    for (let first = 0; first < 16; first += 4) body(first, 4)
    local.set(from, i32.add(from, (16 * fromColumn) | 0))
    local.set(to, i32.add(to, 64))
  })
  for (let first = 0; first < rest; first += 4) body(first, Math.min(4, rest - first))
  local.set(to, i32.add(to, 4 * rest))
}
