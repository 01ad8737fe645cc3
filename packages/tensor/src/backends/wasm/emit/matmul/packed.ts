import { call, i32, if_, local, type Local } from 'wasmati'
import { define } from '../define.ts'
import type { EmittedKernel, Target } from '../target.ts'
import { range, setAtMost, whileLess } from '../control.ts'
import { locateItem, makeFrame, sideBytes, type Frame } from './frame.ts'
import { panelStep } from './pack.ts'
import { planPacked } from './plan.ts'
import type { Problem } from './problem.ts'
import { packRoutine } from './routines.ts'
import { emitStrips } from './strips.ts'
import { tileColumns } from './tile.ts'

/**
 * The blocked algorithm: for every item, its columns of B packed into panels (kept while they stay the same), then for
 * every block of k, every strip of six rows, every panel: one call of the register tile.
 */
export function emitPacked(problem: Problem, target: Target): EmittedKernel {
  const plan = planPacked(problem)
  let scratchBytes = 0
  const func = define(['i32', 'i32', 'i32', 'i32'], ([args, begin, end, scratch], locals) => {
    const frame = makeFrame(problem, plan, target, args, scratch, locals)
    scratchBytes = frame.parts.bytes
    const rest = locals.i32()
    local.set(begin, i32.mul(begin, plan.itemsPerUnit))
    local.set(end, i32.mul(end, plan.itemsPerUnit))
    setAtMost(end, end, plan.items)
    whileLess(begin, end, () => {
      locateItem(frame, begin, rest)
      if (plan.b.packed && plan.resident) packUnlessPacked(frame)
      blocksOfK(frame, rest)
      local.set(begin, i32.add(begin, 1))
    })
  })
  return { func, units: Math.ceil(plan.items / plan.itemsPerUnit), scratchBytes }
}

function packUnlessPacked(frame: Frame): void {
  i32.ne(frame.b, frame.packedFrom)
  if_(null, () => {
    local.set(frame.kStart, 0)
    packColumns(frame, frame.problem.k)
    local.set(frame.packedFrom, frame.b)
  })
}

/** Packs `count` steps of k from `kStart` of the item's columns. */
function packColumns(frame: Frame, count: Local<'i32'> | number): void {
  const { problem, plan, parts, locals, columns } = frame
  const [from, to, column, lines] = [locals.i32(), locals.i32(), locals.i32(), locals.i32()]
  const pack = packRoutine(plan.b.layout, problem.b.dtype)
  const kBytes = sideBytes(problem.b, problem.b.k)
  const lineBytes = sideBytes(problem.b, problem.b.line)
  local.set(from, i32.add(i32.mul(frame.kStart, kBytes), frame.b))
  local.set(to, i32.add(frame.scratch, parts.b))
  range(column, 0, columns, tileColumns, () => {
    local.set(lines, i32.sub(columns, column))
    call(pack, [from, to, count, lineBytes, kBytes, lines])
    local.set(from, i32.add(from, (tileColumns * lineBytes) | 0))
    local.set(to, i32.add(to, (plan.resident ? problem.k : plan.kPerBlock) * panelStep))
  })
}

/** for kStart = 0, kPerBlock, … < k (once if k is 0) */
function blocksOfK(frame: Frame, rest: Local<'i32'>): void {
  const { plan, problem, kStart, kCount } = frame
  const block = (): void => {
    if (plan.b.packed && !plan.resident) packColumns(frame, kCount)
    emitStrips(frame)
  }
  if (plan.kBlocks === 1) {
    local.set(kStart, 0)
    local.set(kCount, problem.k)
    block()
  } else
    range(kStart, 0, problem.k, plan.kPerBlock, () => {
      local.set(rest, i32.sub(problem.k, kStart))
      setAtMost(kCount, rest, plan.kPerBlock)
      block()
    })
}
