import { i32, if_, local } from 'wasmati'
import type { IndexMap, ScatterAddKernel } from '../../../compiler/kernel.ts'
import { rowMajorStrides } from '../../../shape.ts'
import { defineCode, type Code, type Int, type Vector } from './code.ts'
import { countDown, range, setAtMost } from './control.ts'
import { raiseIndexFault } from './fault.ts'
import { addLanes, loadLanes, storeLanes, type Lanes } from './lanes.ts'
import { advance, eachLines, planLines, walkAlong, type LinePlan, type Walk } from './lines.ts'
import type { EmittedKernel } from './target.ts'

/** Blocks of rows of a large result; each of them looks through all indices. */
const mostBlocks = 32

/**
 * Whether a result has many more rows than are added to: the gradient of a large embedding. Then filling it takes
 * longest, and goes best in order of memory: items own rows, not lines along the axis.
 */
export function scattersRows({ axis, outShape, sourceShape, index }: ScatterAddKernel): boolean {
  const last = outShape.length - 1
  // Without columns there are no indices either.
  const isRow = axis < last && outShape[last]! > 0 && index.strides[last] === 0
  return isRow && outShape[axis]! > 2 * sourceShape[axis]!
}

/** What the code is written with. */
interface Rows {
  readonly code: Code
  readonly kernel: ScatterAddKernel
  readonly base: Walk
  readonly index: Walk
  readonly source: Walk
  readonly out: Walk
  /** Columns of a row of base, source and result, from the next one to be handled on. */
  readonly baseColumns: Lanes
  readonly sourceColumns: Lanes
  readonly outColumns: Lanes
  readonly left: Int
  readonly x: Vector
  readonly y: Vector
}

export function emitScatterRows(kernel: ScatterAddKernel): EmittedKernel {
  const { axis, outShape, sourceShape } = kernel
  const size = outShape[axis]!
  const rowsPerBlock = Math.ceil(size / mostBlocks)
  const plan = planLines([...outShape.slice(0, -1), Math.ceil(size / rowsPerBlock)], axis, 1)
  const func = defineCode(['i32', 'i32', 'i32', 'i32'], false, ([args, begin, end], code) => {
    const rows = makeRows(kernel, plan, rowsPerBlock, code)
    const { base, index, source, out } = rows
    const [firstRow, count, step, at] = [code.int(), code.int(), code.int(), code.int()]
    eachLines(plan, [args, begin, end], [base, index, source, out], code, (_, block) => {
      local.set(firstRow, i32.mul(block, rowsPerBlock))
      local.set(count, i32.sub(size, firstRow))
      setAtMost(count, count, rowsPerBlock)
      fillRows(rows, step, count)
      range(step, 0, sourceShape[axis]!, 1, () => {
        local.set(at, i32.load({}, index.address))
        addRow(rows, at, firstRow, count)
        advance(index)
        advance(source)
      })
    })
  })
  return { func, units: plan.units, scratchBytes: 0 }
}

function makeRows(kernel: ScatterAddKernel, plan: LinePlan, rowsPerBlock: number, code: Code): Rows {
  const { axis, outShape, operands } = kernel
  const last = outShape.length - 1
  const rowMajor = { offset: 0, strides: rowMajorStrides(outShape), bounds: [], fill: 0 }
  const maps: IndexMap[] = [kernel.base, kernel.index, kernel.source, rowMajor]
  // A walk knows no columns; a block further, base and result are so many rows further.
  const [base, index, source, out] = maps.map((map, operand) => {
    const rows = operand === 0 || operand === 3 ? rowsPerBlock : 0
    const strides = map.strides.with(last, rows * map.strides[axis]!)
    return walkAlong(plan, operand, operands[operand]!.dtype, { ...map, strides }, code)
  }) as [Walk, Walk, Walk, Walk]
  const columnsOf = ({ storage, operand }: Walk): Lanes => {
    const laneBytes = (storage.width.bytes * maps[operand]!.strides[last]!) | 0
    return { storage, address: code.int(), laneBytes }
  }
  const columns = { baseColumns: columnsOf(base), sourceColumns: columnsOf(source), outColumns: columnsOf(out) }
  return { code, kernel, base, index, source, out, ...columns, left: code.int(), x: code.vector(), y: code.vector() }
}

function fillRows(rows: Rows, step: Int, count: Int): void {
  const { code, base, out, baseColumns, outColumns, x } = rows
  local.set(outColumns.address, out.address)
  range(step, 0, count, 1, () => {
    local.set(baseColumns.address, base.address)
    eachColumns(rows, baseColumns, (first, lanes) => {
      loadLanes(code, x, baseColumns, first, lanes)
      storeLanes(code, x, outColumns, first, lanes)
    })
    advance(base)
  })
}

/** Adds the source's row to the one that its index points to, if that is among the `count` from `firstRow` on. */
function addRow(rows: Rows, at: Int, firstRow: Int, count: Int): void {
  const { code, kernel, source, out, sourceColumns, outColumns, x, y } = rows
  const size = kernel.outShape[kernel.axis]!
  i32.lt_u(i32.sub(at, firstRow), count)
  if_(
    null,
    () => {
      local.set(outColumns.address, i32.add(i32.mul(i32.sub(at, firstRow), out.stepBytes), out.address))
      local.set(sourceColumns.address, source.address)
      eachColumns(rows, sourceColumns, (first, lanes) => {
        loadLanes(code, x, outColumns, first, lanes)
        loadLanes(code, y, sourceColumns, first, lanes)
        addLanes(kernel.operands[3]!.dtype, x, y)
        storeLanes(code, x, outColumns, first, lanes)
      })
    },
    () => {
      i32.ge_u(at, size)
      if_(null, () => raiseIndexFault(at, size))
    },
  )
}

/** Walks along a row's columns, four vectors a turn; those of the result end behind the last one. */
function eachColumns(
  { kernel, outColumns, left }: Rows,
  from: Lanes,
  body: (first: number, lanes: number) => void,
): void {
  const columns = kernel.outShape.at(-1)!
  const rest = columns % 16
  const move = ({ address, laneBytes }: Lanes, count: number): void =>
    local.set(address, i32.add(address, (count * laneBytes) | 0))
  local.set(left, columns)
  countDown(left, 16, () => {
    for (let first = 0; first < 16; first += 4) body(first, 4)
    move(from, 16)
    move(outColumns, 16)
  })
  for (let first = 0; first < rest; first += 4) body(first, Math.min(4, rest - first))
  move(outColumns, rest)
}
