import { batchSize, sharesColumns, type Blocks } from './frame.ts'
import { layoutOf, type Problem } from './problem.ts'
import { panelStep, type Layout } from './pack.ts'
import { tileColumns, tileRows } from './tile.ts'

/** How a factor reaches the tile: as it lies, or packed into panels of eight lines. */
export interface Route {
  readonly layout: Layout
  readonly packed: boolean
}

/** The blocking of a packed matmul: items have a block of row strips, and k is taken in blocks. */
export interface Plan extends Blocks {
  /** Heights of the last strips; all before are `tileRows` high. */
  readonly tails: readonly number[]
  /** Strips of full height that an item has; the last row block has the tails, too. */
  readonly stripsPerItem: number
  readonly kPerBlock: number
  readonly kBlocks: number
  /** Whether the panels of an item's columns hold all of k, so that the next item finds them packed. */
  readonly resident: boolean
  /** Steps of k in a panel of B. */
  readonly kPerPanel: number
  readonly a: Route
  readonly b: Route
}

/** Bytes of a panel. Panels whose distance is a multiple of 4096 would compete for one set of the L1 cache. */
export const panelBytes = (k: number): number => k * panelStep + 64

/** Byte offsets of the parts of a thread's scratch: panels of A, finished strips of C, panels of B. */
export interface ScratchParts {
  readonly a: number
  readonly c: number
  readonly b: number
  readonly bytes: number
}

export function scratchParts(plan: Plan, direct: boolean): ScratchParts {
  const { a, b, columnsPerItem, kPerBlock, kBlocks, stripsPerItem, tails, kPerPanel } = plan
  const aBytes = a.packed ? panelBytes(kPerBlock) * (stripsPerItem + tails.length) : 0
  const cRows = kBlocks === 1 ? tileRows : tileRows * (stripsPerItem + 2)
  const cBytes = direct ? 0 : cRows * columnsPerItem * 4
  const bBytes = b.packed ? panelBytes(kPerPanel) * (columnsPerItem / tileColumns) : 0
  return { a: 0, c: aBytes, b: aBytes + cBytes, bytes: aBytes + cBytes + bBytes }
}

const ceilDiv = (x: number, y: number): number => Math.ceil(x / y)
const roundUp = (x: number, to: number): number => ceilDiv(x, to) * to

/** Longest sum that one pass of the tile makes: 384 steps of a B panel are 12 kB, which stay in a 32 kB L1 cache beside A's rows. */
const longestK = 384
/** Widest column block, and the most bytes of packed B that stay in an L2 cache. */
const widestColumns = 256
const residentBytes = 1 << 20
const narrowestColumns = 64
/** Multiply-adds of an item that pay for handing it out, and strips that pay for packing columns. */
const leastWork = 1 << 18
const mostStrips = 16
const leastItems = 16

/** Strips of 6 rows; 1 or 2 rows at the end would leave the multipliers idle, so 7 = 4 + 3 and 8 = 4 + 4. */
export function stripTails(m: number): number[] {
  const rest = m % tileRows
  if (rest === 0) return []
  if (rest > 2 || m < tileRows) return [rest]
  return rest === 1 ? [4, 3] : [4, 4]
}

export function planPacked(problem: Problem): Plan {
  const { m, n, k } = problem
  const wanted = Math.max(1, ceilDiv(k, longestK * 1.25))
  const kPerBlock = wanted === 1 ? k : roundUp(ceilDiv(k, wanted), 4)
  const columnsPerItem = planColumns(n, k)
  const columnBlocks = ceilDiv(n, columnsPerItem)
  const resident = k * columnsPerItem * 4 <= residentBytes
  const tails = stripTails(m)
  const strips = Math.max(Math.min(1, m), (m - tails.reduce((sum, rows) => sum + rows, 0)) / tileRows)
  const batches = batchSize(problem)
  const stripWork = tileRows * columnsPerItem * Math.max(1, k)
  const balanced = ceilDiv(strips * columnBlocks * batches, leastItems)
  const stripsPerItem = Math.max(
    1,
    Math.min(strips, resident ? mostStrips : 2 * mostStrips, Math.max(balanced, ceilDiv(leastWork, stripWork))),
  )
  const rowBlocks = ceilDiv(strips, stripsPerItem)
  const items = batches * columnBlocks * rowBlocks
  const itemsPerUnit = Math.max(1, Math.min(ceilDiv(items, leastItems), ceilDiv(leastWork, stripWork * stripsPerItem)))
  const kBlocks = k === 0 ? 1 : ceilDiv(k, kPerBlock)
  const sharedColumns = sharesColumns(problem)
  return {
    sharedColumns,
    tails,
    stripsPerItem,
    rowBlocks,
    columnsPerItem,
    columnBlocks,
    kPerBlock,
    kBlocks,
    resident,
    kPerPanel: resident ? k : kPerBlock,
    itemsPerUnit,
    items,
    ...routes(problem),
  }
}

/** Equal column blocks, all but the last a multiple of the widest step of an epilogue (16) and of the tile. */
function planColumns(n: number, k: number): number {
  const fitting = Math.max(narrowestColumns, Math.floor(residentBytes / Math.max(1, k) / panelStep) * tileColumns)
  const blocks = ceilDiv(n, Math.min(widestColumns, fitting))
  return blocks <= 1 ? Math.max(tileColumns, roundUp(n, tileColumns)) : roundUp(ceilDiv(n, blocks), 16)
}

/**
 * Bytes over which a factor may be spread to be read in place although its steps of k lie apart. A strip of A is read
 * again for every panel, and stays in the L2 cache; a panel of B is read once a strip.
 */
const nearA = 1 << 19
const nearB = 1 << 16

function routes(problem: Problem): { a: Route; b: Route } {
  const { a, b, m, n, k } = problem
  const aLayout = layoutOf(a, m, k)
  const bLayout = layoutOf(b, n, k)
  const spread = (stride: number): number => Math.abs(stride) * k * 4
  const aInPlace = a.dtype === 'f32' && (aLayout === 'along' || (aLayout === 'across' && spread(a.k) <= nearA))
  const bInPlace = b.dtype === 'f32' && bLayout === 'across' && (spread(b.k) <= nearB || m <= 2 * tileRows)
  return { a: { layout: aLayout, packed: !aInPlace }, b: { layout: bLayout, packed: !bInPlace } }
}
