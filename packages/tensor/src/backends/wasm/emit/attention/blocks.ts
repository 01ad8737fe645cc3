import { tileColumns, tileRows } from '../matmul/tile.ts'

/**
 * Scores are made in blocks of keys by queries, a row of each key, so that queries lie in the lanes of vectors: rows of
 * key and value are then read as they lie, the sums over keys are vertical, and tiles read the weights of six queries,
 * or of one key, side by side. Both are multiples of the tile's rows and columns, and a block of keys is one of blocks
 * of queries, so that each block up to a causal diagonal has keys that every query sees. Measured: 24 to 96 queries by 48
 * to 192 keys differ by a few per cent; with few queries a block of scores and its sums stay in the L1 cache.
 */
export const queryBlock = 24
export const keyBlock = 96

/** Queries in the lanes of two vectors, whose scores are finished together. */
export const panel = tileColumns
/** Bytes of a row of scores: one key, all queries of the block. */
export const scoreRow = 4 * queryBlock

/**
 * Keys of a block of which a panel needs scores in a causal order: those that its last query sees, and those that the
 * last query of a strip of six that begins in the panel sees, which must be there to be hidden.
 */
export const causalMargin = panel + tileRows - 1

const roundUp = (x: number, to: number): number => Math.ceil(x / to) * to

/** Columns of an accumulator that tiles fill. */
export const padded = (columns: number): number => roundUp(columns, tileColumns)

/** Byte offsets of parts of the scratch, one behind the other, from their sizes in floats. */
export function layScratch<Part extends string>(
  floats: Readonly<Record<Part, number>>,
): { readonly at: Readonly<Record<Part, number>>; readonly bytes: number } {
  const at = {} as Record<Part, number>
  let bytes = 0
  for (const part in floats) {
    at[part] = bytes
    bytes += roundUp(4 * floats[part], 64)
  }
  return { at, bytes }
}
