import { layoutOf, type Problem } from './problem.ts'
import { panelStep, type Layout } from './pack.ts'
import { tileColumns, tileRows } from './tile.ts'

/** How a factor reaches the tile: as it lies, or packed into panels of eight lines. */
export interface Route {
  readonly layout: Layout
  readonly packed: boolean
}

/**
 * The blocking of a packed matmul. Work comes in items (batch element, column block, block of row strips); a unit is a
 * run of items. Items are ordered so that those which share packed columns of B follow one another.
 */
export interface Plan {
  /** Heights of the last strips; all before are `tileRows` high. */
  readonly tails: readonly number[]
  /** Strips of full height that an item has; the last row block has the tails, too. */
  readonly stripsPerItem: number
  readonly rowBlocks: number
  readonly columnsPerItem: number
  readonly columnBlocks: number
  readonly kPerBlock: number
  readonly kBlocks: number
  /** Whether the panels of an item's columns hold all of k, so that the next item finds them packed. */
  readonly resident: boolean
  /** Whether every batch element has the same B: then batch elements follow one another within a column block. */
  readonly sharedColumns: boolean
  readonly itemsPerUnit: number
  readonly items: number
  readonly a: Route
  readonly b: Route
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
  const batches = problem.batch.reduce((product, size) => product * size, 1)
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
  const sharedColumns = problem.b.batch.every(stride => stride === 0)
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
    itemsPerUnit,
    items,
    ...routes(problem),
  }
}

/** Equal column blocks, a multiple of the tile wide. */
function planColumns(n: number, k: number): number {
  const fitting = Math.max(narrowestColumns, Math.floor(residentBytes / Math.max(1, k) / panelStep) * tileColumns)
  const blocks = ceilDiv(n, Math.min(widestColumns, fitting))
  return Math.max(tileColumns, roundUp(ceilDiv(n, Math.max(1, blocks)), tileColumns))
}

/** Bytes of a factor that is read in place although its k steps lie apart; more would miss the TLB on every step. */
const nearBytes = 1 << 16

function routes(problem: Problem): { a: Route; b: Route } {
  const { a, b, m, n, k } = problem
  const aLayout = layoutOf(a, m, k)
  const bLayout = layoutOf(b, n, k)
  const near = (stride: number): boolean => Math.abs(stride) * k * 4 <= nearBytes
  const aInPlace = a.dtype === 'f32' && (aLayout === 'along' || (aLayout === 'across' && near(a.k)))
  const bInPlace = b.dtype === 'f32' && bLayout === 'across' && (near(b.k) || m <= 2 * tileRows)
  return { a: { layout: aLayout, packed: !aInPlace }, b: { layout: bLayout, packed: !bInPlace } }
}
