import { call, i32, local, type Input, type Local } from 'wasmati'
import { range } from '../control.ts'
import type { Locals } from '../define.ts'
import { sideBytes } from './frame.ts'
import type { Layout } from './pack.ts'
import type { Side } from './problem.ts'
import { packAcrossRoutine, packLinesRoutine } from './routines.ts'

type I32 = Local<'i32'>

/** Lines of a factor that go into panels. `from` and `to` are overwritten. */
export interface Packing {
  readonly side: Side
  readonly layout: Layout
  readonly from: I32
  readonly to: I32
  readonly k: Input<'i32'>
  /** At least one. */
  readonly lines: I32
  readonly panelLines: number
  readonly panelBytes: number
}

/** Packs `lines` lines from `from` into panels at `to`. */
export function packPanels(
  { side, layout, from, to, k, lines, panelLines, panelBytes }: Packing,
  locals: Locals,
): void {
  const kBytes = sideBytes(side, side.k)
  const lineBytes = sideBytes(side, side.line)
  if (layout === 'across') {
    const panels = locals.i32()
    local.set(panels, i32.div_u(i32.add(lines, panelLines - 1), panelLines))
    call(packAcrossRoutine(panelLines, side.dtype), [from, to, k, kBytes, panels, panelBytes])
    return
  }
  const [line, rest] = [locals.i32(), locals.i32()]
  range(line, 0, lines, panelLines, () => {
    local.set(rest, i32.sub(lines, line))
    call(packLinesRoutine(layout, side.dtype), [from, to, k, lineBytes, kBytes, rest])
    local.set(from, i32.add(from, (panelLines * lineBytes) | 0))
    local.set(to, i32.add(to, panelBytes))
  })
}
