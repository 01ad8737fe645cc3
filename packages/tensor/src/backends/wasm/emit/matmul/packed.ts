import { i32, if_, local, type Input } from 'wasmati'
import { define } from '../define.ts'
import type { EmittedKernel, Target } from '../target.ts'
import { range, setAtMost } from '../control.ts'
import { eachItem, makeFrame, sideBytes } from './frame.ts'
import { packPanels } from './panels.ts'
import { panelBytes, planPacked, scratchParts } from './plan.ts'
import { plainStore, type Problem } from './problem.ts'
import { emitStrips, type PackedFrame } from './strips.ts'
import { tileColumns } from './tile.ts'

/**
 * The blocked algorithm: for every item, its columns of B packed into panels (kept while they stay the same), then for
 * every block of k, every strip of six rows, every panel: one call of the register tile.
 */
export function emitPacked(problem: Problem, target: Target): EmittedKernel {
  const plan = planPacked(problem)
  const parts = scratchParts(plan, plainStore(problem) !== undefined)
  const func = define(['i32', 'i32', 'i32', 'i32'], ([args, begin, end, scratch], locals) => {
    const common = makeFrame(problem, plan, target, [args, scratch], parts.c, locals)
    const make = locals.i32
    const [kStart, kCount, firstRow, row] = [make(), make(), make(), make()]
    const frame = { ...common, plan, parts, kStart, kCount, firstRow, row }
    eachItem(frame, begin, end, () => {
      if (plan.b.packed && plan.resident) packUnlessPacked(frame)
      blocksOfK(frame)
    })
  })
  return { func, units: Math.ceil(plan.items / plan.itemsPerUnit), scratchBytes: parts.bytes }
}

/** The head of the scratch says whose columns the panels hold. */
function packUnlessPacked(frame: PackedFrame): void {
  i32.ne(frame.b, i32.load({}, frame.scratch))
  if_(null, () => {
    local.set(frame.kStart, 0)
    packColumns(frame, frame.problem.k)
    i32.store({}, frame.scratch, frame.b)
  })
}

/** Packs `count` steps of k from `kStart` of the item's columns. */
function packColumns(frame: PackedFrame, count: Input<'i32'>): void {
  const { problem, plan, parts, locals, columns } = frame
  const side = problem.b
  const [from, to] = [locals.i32(), locals.i32()]
  local.set(from, i32.add(i32.mul(frame.kStart, sideBytes(side, side.k)), frame.b))
  local.set(to, i32.add(frame.scratch, parts.b))
  const { layout } = plan.b
  const size = { panelLines: tileColumns, panelBytes: panelBytes(plan.kPerPanel) }
  packPanels({ side, layout, from, to, k: count, lines: columns, ...size }, locals)
}

/** for kStart = 0, kPerBlock, … < k (once if k is 0) */
function blocksOfK(frame: PackedFrame): void {
  const rest = frame.locals.i32()
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
