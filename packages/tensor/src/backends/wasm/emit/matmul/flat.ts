import { call, i32, local, type Local } from 'wasmati'
import { define } from '../define.ts'
import type { EmittedKernel, Target } from '../target.ts'
import {
  batchSize,
  eachItem,
  finishRows,
  makeFrame,
  sharesColumns,
  sideBytes,
  type Blocks,
  type Frame,
} from './frame.ts'
import type { Layout } from './pack.ts'
import { layoutOf, plainStore, type Problem } from './problem.ts'
import { flatRoutine, gatherRoutine } from './routines.ts'

/** Most rows of a flat product, by the layout of B: with more, the register tile is faster. */
const mostRows: Readonly<Record<Layout, number>> = { across: 3, along: 6, scattered: 0 }
/** With so few rows (or columns) the shape alone decides which factor plays B. */
export const mostFlatRows = 4

/** Multiply-adds of an item that pay for handing it out, and items for eight threads, each of which takes some at a time. */
const leastWork = 1 << 14
const wantedItems = 32
/** Columns of an item: rows of B are read in pieces of 512 bytes or more. */
const leastColumns: Readonly<Record<Layout, number>> = { across: 128, along: 16, scattered: 128 }
const mostColumns = 1024

/** Whether a product has few rows, and columns that need no packing. */
export const isFlat = ({ m, n, k, b }: Problem): boolean => m > 0 && m <= mostRows[layoutOf(b, n, k)]

function planFlat(problem: Problem): Blocks {
  const { m, n, k, b } = problem
  const batches = batchSize(problem)
  const wanted = Math.max(
    leastColumns[layoutOf(b, n, k)],
    Math.ceil((n * batches) / wantedItems),
    Math.ceil(leastWork / Math.max(1, m * k)),
  )
  const columnsPerItem = Math.max(16, Math.min(Math.ceil(wanted / 16) * 16, mostColumns, Math.ceil(n / 16) * 16))
  const columnBlocks = Math.ceil(n / columnsPerItem)
  const items = batches * columnBlocks
  const itemsPerUnit = Math.max(1, Math.ceil(leastWork / (m * columnsPerItem * Math.max(1, k))))
  return { rowBlocks: 1, columnsPerItem, columnBlocks, sharedColumns: sharesColumns(problem), items, itemsPerUnit }
}

/** Products of a few rows: bound by reading B, which is therefore read in place, once. */
export function emitFlat(problem: Problem, target: Target): EmittedKernel {
  const blocks = planFlat(problem)
  const { m, k, a } = problem
  const inPlace = a.dtype === 'f32' && layoutOf(a, m, k) === 'along'
  const xBytes = inPlace ? 0 : m * Math.ceil(k / 4) * 16
  const cBytes = plainStore(problem) === undefined ? m * blocks.columnsPerItem * 4 : 0
  const func = define(['i32', 'i32', 'i32', 'i32'], ([args, begin, end, scratch], locals) => {
    const frame = makeFrame(problem, blocks, target, [args, scratch], xBytes, locals)
    const [x, to] = [locals.i32(), locals.i32()]
    eachItem(frame, begin, end, () => {
      if (inPlace) callRoutine(frame, frame.a, sideBytes(a, a.line))
      else {
        gatherRows(frame, x, to)
        callRoutine(frame, scratch, Math.ceil(k / 4) * 16)
      }
      finishRows(frame, frame.c, 0, m)
    })
  })
  return { func, units: Math.ceil(blocks.items / blocks.itemsPerUnit), scratchBytes: xBytes + cBytes }
}

function gatherRows({ problem, a, scratch }: Frame, from: Local<'i32'>, to: Local<'i32'>): void {
  const { m, k } = problem
  const side = problem.a
  local.set(from, a)
  local.set(to, scratch)
  for (let row = 0; row < m; row++) {
    call(gatherRoutine(side.dtype), [from, to, k, sideBytes(side, side.k)])
    local.set(from, i32.add(from, sideBytes(side, side.line)))
    local.set(to, i32.add(to, Math.ceil(k / 4) * 16))
  }
}

function callRoutine({ problem, target, blocks, b, c, columns }: Frame, x: Local<'i32'>, xStride: number): void {
  const { m, n, k } = problem
  const along = layoutOf(problem.b, n, k) === 'along'
  const routine = flatRoutine(m, along ? 'along' : 'across', problem.b.dtype, target)
  const wStride = sideBytes(problem.b, along ? problem.b.line : problem.b.k)
  const store = plainStore(problem)
  const cStride = store === undefined ? 4 * blocks.columnsPerItem : (4 * store.map.strides.at(-2)!) | 0
  call(routine, [x, b, c, k, columns, xStride, wStride, cStride])
}
