import { $, i32, if_, local } from 'wasmati'
import type { ScatterAddKernel } from '../../../compiler/kernel.ts'
import { rowMajorStrides } from '../../../shape.ts'
import { defineCode, type Code, type Int, type Vector } from './code.ts'
import { range } from './control.ts'
import { raiseIndexFault } from './fault.ts'
import { addLanes, loadLanes, storeLanes, type Lanes } from './lanes.ts'
import { advance, eachLines, planLines, walkAlong, type LinePlan, type Walk } from './lines.ts'
import { emitScatterRows, scattersRows } from './scatterRows.ts'
import type { EmittedKernel } from './target.ts'

/** What the code of a scatter is written with. */
interface Scatter {
  readonly code: Code
  readonly kernel: ScatterAddKernel
  readonly base: Walk
  readonly index: Walk
  readonly source: Walk
  readonly out: Walk
  readonly step: Int
  /** An index, and the elements of the result where it points. */
  readonly at: Int
  readonly target: Lanes
  readonly x: Vector
  readonly y: Vector
}

export const emitScatterAdd = (kernel: ScatterAddKernel): EmittedKernel =>
  scattersRows(kernel) ? emitScatterRows(kernel) : emitScatterLines(kernel)

/**
 * Every item owns some lines of the result along the axis, fills them from the base, then walks the whole axis of the
 * source in order: no two threads write one element, and every sum has one order.
 */
function emitScatterLines(kernel: ScatterAddKernel): EmittedKernel {
  const { outShape, axis, index } = kernel
  const neighbours = planLines(outShape, axis, 1).laneAxis
  // One index for neighbouring elements: they are added a cache line or more at a time.
  const wide = neighbours === outShape.length - 1 && index.strides[neighbours] === 0
  const plan = planLines(outShape, axis, wide ? 64 : 8)
  const func = defineCode(['i32', 'i32', 'i32', 'i32'], false, ([args, begin, end], code) => {
    const scatter = makeScatter(kernel, plan, code)
    const { base, source, out } = scatter
    eachLines(plan, [args, begin, end], [base, scatter.index, source, out], code, lanes => {
      fillFromBase(scatter, lanes)
      addSource(scatter, lanes)
    })
  })
  return { func, units: plan.units, scratchBytes: 0 }
}

function makeScatter(kernel: ScatterAddKernel, plan: LinePlan, code: Code): Scatter {
  const rowMajor = { offset: 0, strides: rowMajorStrides(kernel.outShape), bounds: [], fill: 0 }
  const [base, index, source, out] = [kernel.base, kernel.index, kernel.source, rowMajor].map((map, operand) =>
    walkAlong(plan, operand, kernel.operands[operand]!.dtype, map, code),
  ) as [Walk, Walk, Walk, Walk]
  const target = { ...out, address: code.int() }
  const [step, at, x, y] = [code.int(), code.int(), code.vector(), code.vector()]
  return { code, kernel, base, index, source, out, step, at, target, x, y }
}

/** Calls `body` with the first lane and the count of each vector of an item. */
function eachVector(lanes: number, body: (first: number, count: number) => void): void {
  for (let first = 0; first < lanes; first += 4) body(first, Math.min(4, lanes - first))
}

function fillFromBase({ code, kernel, base, out, step, target, x }: Scatter, lanes: number): void {
  local.set(target.address, out.address)
  range(step, 0, kernel.outShape[kernel.axis]!, 1, () => {
    eachVector(lanes, (first, count) => {
      loadLanes(code, x, base, first, count)
      storeLanes(code, x, target, first, count)
    })
    advance(base)
    local.set(target.address, i32.add(target.address, out.stepBytes))
  })
}

function addSource(scatter: Scatter, lanes: number): void {
  const { kernel, index, source, step } = scatter
  range(step, 0, kernel.sourceShape[kernel.axis]!, 1, () => {
    if (index.laneBytes === 0)
      atIndex(scatter, 0, () => eachVector(lanes, (first, count) => addVector(scatter, first, count)))
    else for (let lane = 0; lane < lanes; lane++) atIndex(scatter, lane, () => addVector(scatter, lane, 1))
    advance(index)
    advance(source)
  })
}

/** Runs `body` with `target` where lane `lane`'s index points in the first line, if it is in range. */
function atIndex({ kernel, index, at, out, target }: Scatter, lane: number, body: () => void): void {
  const size = kernel.outShape[kernel.axis]!
  i32.add(index.address, (lane * index.laneBytes) | 0)
  local.set(at, i32.load({}, $))
  i32.lt_u(at, size)
  if_(
    null,
    () => {
      local.set(target.address, i32.add(i32.mul(at, out.stepBytes), out.address))
      body()
    },
    () => raiseIndexFault(at, size),
  )
}

function addVector({ code, kernel, source, target, x, y }: Scatter, first: number, count: number): void {
  loadLanes(code, x, target, first, count)
  loadLanes(code, y, source, first, count)
  addLanes(kernel.operands[3]!.dtype, x, y)
  storeLanes(code, x, target, first, count)
}
