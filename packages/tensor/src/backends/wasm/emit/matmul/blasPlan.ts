import { batchSize, sharesColumns, type Blocks } from './frame.ts'
import { plainStore, type Problem } from './problem.ts'

/** Multiply-adds that pay for packing the factors of a call, and for a thread to take it. */
const leastWork = 1 << 20
/** Bytes of products that wait for the epilogue: beyond the L2 cache fewer calls still pay, but scratch is to stay small. */
const mostWaiting = 1 << 22

interface Plan extends Blocks {
  readonly rowsPerItem: number
}

/**
 * Parts of products such that every core has equally many: BLAS packs the factors of every call, so parts are as large
 * as can be. The number of threads in use plays no part, so results are the same for any.
 */
export function planBlas(problem: Problem, cores: number): Plan {
  const { m, n, k } = problem
  const batches = batchSize(problem)
  const parts = Math.min(sharesOf(batches, cores), Math.max(1, Math.floor((m * n * k) / leastWork)))
  const waits = plainStore(problem) === undefined
  let divided = divide(m, n, parts)
  for (let more = 2; waits && 4 * divided.rowsPerItem * divided.columnsPerItem > mostWaiting; more *= 2)
    divided = divide(m, n, more * parts)
  const { rowsPerItem, columnsPerItem } = divided
  const [rowBlocks, columnBlocks] = [Math.ceil(m / rowsPerItem), Math.ceil(n / columnsPerItem)]
  return {
    ...divided,
    rowBlocks,
    columnBlocks,
    items: batches * rowBlocks * columnBlocks,
    itemsPerUnit: Math.max(1, Math.floor(leastWork / (rowsPerItem * columnsPerItem * k))),
    sharedColumns: sharesColumns(problem),
  }
}

/** Into how many parts each batch element goes; where every core has several elements, they stay whole. */
const sharesOf = (batches: number, cores: number): number =>
  batches >= 4 * cores ? 1 : cores / greatestCommonDivisor(batches, cores)

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))

/** Rows and columns of so many parts of [m, n], as near to squares as whole numbers of them come. */
function divide(m: number, n: number, parts: number): Pick<Plan, 'rowsPerItem' | 'columnsPerItem'> {
  const unevenness = (rows: number): number => Math.abs(Math.log((rows * rows * n) / (parts * m)))
  let best = 1
  for (let rows = 2; rows <= parts; rows++) if (parts % rows === 0 && unevenness(rows) < unevenness(best)) best = rows
  return { rowsPerItem: roundUp(m / best), columnsPerItem: roundUp((n * best) / parts) }
}

/** A multiple of the widest step of an epilogue. */
const roundUp = (x: number): number => 16 * Math.ceil(x / 16)
