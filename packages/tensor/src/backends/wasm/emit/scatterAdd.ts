import { $, f32, f32x4, i32, i32x4, if_, local, type Local } from 'wasmati'
import type { ScatterAddKernel } from '../../../compiler/kernel.ts'
import { rowMajorStrides } from '../../../shape.ts'
import { range } from './control.ts'
import { define, type Locals } from './define.ts'
import { raiseIndexFault } from './fault.ts'
import { loadLanes, storeLanes } from './lanes.ts'
import { advance, eachLines, planLines, walkAlong, type LinePlan, type Walk } from './lines.ts'
import { emitScatterRows, scattersRows } from './scatterRows.ts'
import type { EmittedKernel } from './target.ts'

/** What the code of a scatter is written with. */
interface Scatter {
  readonly float: boolean
  /** Sizes of the result and of the source along the axis. */
  readonly outSize: number
  readonly sourceSize: number
  readonly base: Walk
  readonly index: Walk
  readonly source: Walk
  readonly out: Walk
  readonly step: Local<'i32'>
  /** An index, and where in the result it points. */
  readonly at: Local<'i32'>
  readonly target: Local<'i32'>
  readonly x: Local<'v128'>
  readonly y: Local<'v128'>
}

export function emitScatterAdd(kernel: ScatterAddKernel): EmittedKernel {
  const { dtype } = kernel.operands[3]!
  if (dtype !== 'f32' && dtype !== 'i32' && dtype !== 'u32')
    throw new TypeError(`scatterAdd kernel: operand of dtype ${dtype}`)
  return scattersRows(kernel) ? emitScatterRows(kernel) : emitScatterLines(kernel)
}

/**
 * Every item owns some lines of the result along the axis, fills them from the base, then walks the whole axis of the
 * source in order: no two threads write one element, and every sum has one order.
 */
function emitScatterLines(kernel: ScatterAddKernel): EmittedKernel {
  const { outShape, axis, index, operands } = kernel
  const neighbours = planLines(outShape, axis, 1).laneAxis
  // One index for neighbouring elements: they are added a cache line or more at a time.
  const wide = neighbours === outShape.length - 1 && index.strides[neighbours] === 0
  const plan = planLines(outShape, axis, wide ? 64 : 8)
  const func = define(['i32', 'i32', 'i32', 'i32'], ([args, begin, end], locals) => {
    const scatter = makeScatter(kernel, operands[3]!.dtype === 'f32', plan, locals)
    const { base, source, out } = scatter
    eachLines(plan, [args, begin, end], [base, scatter.index, source, out], locals, lanes => {
      fillFromBase(scatter, lanes)
      addSource(scatter, lanes)
    })
  })
  return { func, units: plan.units, scratchBytes: 0 }
}

function makeScatter(kernel: ScatterAddKernel, float: boolean, plan: LinePlan, locals: Locals): Scatter {
  const { axis, outShape, sourceShape } = kernel
  const rowMajor = { offset: 0, strides: rowMajorStrides(outShape), bounds: [], fill: 0 }
  return {
    float,
    outSize: outShape[axis]!,
    sourceSize: sourceShape[axis]!,
    base: walkAlong(plan, 0, kernel.base, locals),
    index: walkAlong(plan, 1, kernel.index, locals),
    source: walkAlong(plan, 2, kernel.source, locals),
    out: walkAlong(plan, 3, rowMajor, locals),
    step: locals.i32(),
    at: locals.i32(),
    target: locals.i32(),
    x: locals.v128(),
    y: locals.v128(),
  }
}

/** Calls `body` with the first lane and the count of each vector of an item. */
function eachVector(lanes: number, body: (first: number, count: number) => void): void {
  for (let first = 0; first < lanes; first += 4) body(first, Math.min(4, lanes - first))
}

function fillFromBase({ outSize, base, out, step, target, x }: Scatter, lanes: number): void {
  local.set(target, out.address)
  range(step, 0, outSize, 1, () => {
    eachVector(lanes, (first, count) => {
      loadLanes(x, base.address, base.laneBytes, first, count)
      storeLanes(x, target, out.laneBytes, first, count)
    })
    advance(base)
    local.set(target, i32.add(target, out.stepBytes))
  })
}

function addSource(scatter: Scatter, lanes: number): void {
  const { sourceSize, index, source, out, step, target, x, y } = scatter
  range(step, 0, sourceSize, 1, () => {
    if (index.laneBytes === 0)
      atIndex(scatter, 0, () =>
        eachVector(lanes, (first, count) => {
          loadLanes(x, target, out.laneBytes, first, count)
          loadLanes(y, source.address, source.laneBytes, first, count)
          local.set(x, scatter.float ? f32x4.add(x, y) : i32x4.add(x, y))
          storeLanes(x, target, out.laneBytes, first, count)
        }),
      )
    else for (let lane = 0; lane < lanes; lane++) atIndex(scatter, lane, () => addElement(scatter, lane))
    advance(index)
    advance(source)
  })
}

/** Runs `body` with `target` where lane `lane`'s index points in the first line, if it is in range. */
function atIndex({ index, at, out, outSize, target }: Scatter, lane: number, body: () => void): void {
  i32.add(index.address, (lane * index.laneBytes) | 0)
  local.set(at, i32.load({}, $))
  i32.lt_u(at, outSize)
  if_(
    null,
    () => {
      local.set(target, i32.add(i32.mul(at, out.stepBytes), out.address))
      body()
    },
    () => raiseIndexFault(at, outSize),
  )
}

function addElement({ float, source, out, target }: Scatter, lane: number): void {
  const offset = lane * out.laneBytes
  const from = (lane * source.laneBytes) | 0
  local.get(target)
  if (float)
    f32.store({ offset }, $, f32.add(f32.load({ offset }, target), f32.load({}, i32.add(source.address, from))))
  else i32.store({ offset }, $, i32.add(i32.load({ offset }, target), i32.load({}, i32.add(source.address, from))))
}
