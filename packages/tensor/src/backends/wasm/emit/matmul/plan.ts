import { batchSize, sharesColumns, type Blocks } from './frame.ts'
import { layoutOf, type Problem, type Side } from './problem.ts'
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

/** Byte offsets of the parts of a thread's scratch: which panels of B it holds, panels of A, finished strips of C, panels of B. */
export interface ScratchParts {
  readonly a: number
  readonly c: number
  readonly b: number
  readonly bytes: number
}

/** Room for `packedFrom`; what follows keeps its alignment. */
const headBytes = 64

export function scratchParts(plan: Plan, direct: boolean): ScratchParts {
  const { a, b, columnsPerItem, kPerBlock, kBlocks, stripsPerItem, tails, kPerPanel } = plan
  const aBytes = a.packed ? panelBytes(kPerBlock) * (stripsPerItem + tails.length) : 0
  const cRows = kBlocks === 1 ? tileRows : tileRows * (stripsPerItem + 2)
  const cBytes = direct ? 0 : cRows * columnsPerItem * 4
  const bBytes = b.packed ? panelBytes(kPerPanel) * (columnsPerItem / tileColumns) : 0
  const cStart = headBytes + aBytes
  const bStart = cStart + cBytes
  return { a: headBytes, c: cStart, b: bStart, bytes: bStart + bBytes }
}

const ceilDiv = (x: number, y: number): number => Math.ceil(x / y)
const roundUp = (x: number, to: number): number => ceilDiv(x, to) * to

/** Longest sum that one pass of the tile makes: 384 steps of a B panel are 12 kB, which stay in a 32 kB L1 cache beside A's rows. */
const longestK = 384
/**
 * Widest column block, and the most bytes of packed B that stay in an L2 cache. Where they would hold too few columns,
 * panels are packed anew for every item instead, one block of k at a time.
 */
const widestColumns = 512
const residentBytes = 1 << 20
const narrowestColumns = 128
/** Multiply-adds of an item that pay for handing it out, and strips that pay for packing columns. */
const leastWork = 1 << 18
const mostStrips = 16
const leastItems = 8

/** Strips of 6 rows; 1 or 2 rows at the end would leave the multipliers idle, so 7 = 4 + 3 and 8 = 4 + 4. */
export function stripTails(m: number): number[] {
  const rest = m % tileRows
  if (rest === 0) return []
  if (rest > 2 || m < tileRows) return [rest]
  return rest === 1 ? [4, 3] : [4, 4]
}

export function planPacked(problem: Problem): Plan {
  const { m, n, k } = problem
  const { kPerBlock, kBlocks } = planK(problem)
  const tails = stripTails(m)
  const strips = Math.max(Math.min(1, m), (m - tails.reduce((sum, rows) => sum + rows, 0)) / tileRows)
  const batches = batchSize(problem)
  const columnsPerItem = planColumns(problem, strips * batches)
  const columnBlocks = ceilDiv(n, columnsPerItem)
  const resident = k * columnsPerItem * 4 <= residentBytes
  const kPerPanel = resident ? k : kPerBlock
  const stripWork = tileRows * columnsPerItem * Math.max(1, k)
  const balanced = ceilDiv(strips * columnBlocks * batches, leastItems)
  const wanted = Math.max(1, balanced, ceilDiv(leastWork, stripWork))
  const stripsPerItem = Math.max(1, Math.min(strips, wanted, resident ? mostStrips : 2 * mostStrips))
  const rowBlocks = ceilDiv(strips, stripsPerItem)
  const items = batches * columnBlocks * rowBlocks
  const itemsPerUnit = Math.max(1, Math.min(ceilDiv(items, leastItems), ceilDiv(leastWork, stripWork * stripsPerItem)))
  const blocks = { items, itemsPerUnit, columnsPerItem, columnBlocks, rowBlocks, sharedColumns: sharesColumns(problem) }
  return { ...blocks, ...routes(problem), tails, stripsPerItem, kPerBlock, kBlocks, resident, kPerPanel }
}

/** Blocks of k that keep a tile's panels in the L1 cache, or that stream. */
function planK(problem: Problem): { kPerBlock: number; kBlocks: number } {
  const { k } = problem
  const blocks = streams(problem) ? ceilDiv(k, streamedK) : Math.max(1, ceilDiv(k, longestK * 1.25))
  const kPerBlock = blocks === 1 ? k : roundUp(ceilDiv(k, blocks), 4)
  return { kPerBlock, kBlocks: k === 0 ? 1 : ceilDiv(k, kPerBlock) }
}

/**
 * Equal column blocks, all but the last a multiple of the widest step of an epilogue (16) and of the tile; more of them
 * where a product has too few strips to share out.
 */
function planColumns({ m, n, k }: Problem, strips: number): number {
  const resident = Math.floor(residentBytes / Math.max(1, k) / panelStep) * tileColumns
  const widest = resident < narrowestColumns ? widestColumns : Math.min(widestColumns, resident)
  const items = Math.min(leastItems, Math.ceil((m * n * k) / leastWork))
  const blocks = Math.max(ceilDiv(n, widest), Math.min(ceilDiv(items, Math.max(1, strips)), ceilDiv(n, 32)))
  return blocks <= 1 ? Math.max(tileColumns, roundUp(n, tileColumns)) : roundUp(ceilDiv(n, blocks), 16)
}

/**
 * Bytes over which a factor may be spread to be read in place although its steps of k lie apart. A strip of A is read
 * again for every panel, and stays in the L2 cache; a panel of B is read once a strip.
 */
const nearA = 1 << 19
const nearB = 1 << 16

/** Bytes over which the steps of k of a factor are spread. */
const spread = (side: Side, k: number): number => Math.abs(side.k) * k * 4

/**
 * A large B for few rows is not worth packing (measured: up to 18 rows). It is read in place, 16 rows of it side by
 * side from left to right, which the processor fetches ahead; C is added to once every 16 steps of k.
 */
const streamedK = 16
const mostStreamedRows = 18

const streams = ({ b, m, n, k }: Problem): boolean =>
  m <= mostStreamedRows && b.dtype === 'f32' && layoutOf(b, n, k) === 'across' && spread(b, k) > nearB

function routes(problem: Problem): { a: Route; b: Route } {
  const { a, b, m, n, k } = problem
  const aLayout = layoutOf(a, m, k)
  const bLayout = layoutOf(b, n, k)
  const aInPlace = a.dtype === 'f32' && (aLayout === 'along' || (aLayout === 'across' && spread(a, k) <= nearA))
  const bInPlace = streams(problem) || (b.dtype === 'f32' && bLayout === 'across' && spread(b, k) <= nearB)
  return { a: { layout: aLayout, packed: !aInPlace }, b: { layout: bLayout, packed: !bInPlace } }
}
