import { neverMerges } from '../bytes/pair-table.ts'
import type { Merges } from './bpe-merges.ts'

/** Up to this many symbols a scan over all ranks beats a heap. */
export const shortWord = 64

const ranks = new Int32Array(shortWord)
const targets = new Int32Array(shortWord)

/**
 * Merges neighbouring symbols in place, always the leftmost pair of lowest rank, until none merges. `ends[i]` is where
 * symbol i ends in the text and moves along. Returns how many symbols are left.
 */
export function mergeShort(merges: Merges, symbols: Int32Array, ends: Int32Array, count: number): number {
  for (let i = 0; i + 1 < count; i++) rankPair(merges, symbols, i)
  while (count > 1) {
    let best = 0
    let lowest = ranks[0]!
    for (let i = 1; i < count - 1; i++) {
      const rank = ranks[i]!
      if (rank < lowest) {
        lowest = rank
        best = i
      }
    }
    if (lowest === neverMerges) break
    symbols[best] = targets[best]!
    count--
    for (let i = best + 1; i < count; i++) symbols[i] = symbols[i + 1]!
    for (let i = best; i < count; i++) ends[i] = ends[i + 1]!
    for (let i = best + 1; i < count - 1; i++) {
      ranks[i] = ranks[i + 1]!
      targets[i] = targets[i + 1]!
    }
    if (best > 0) rankPair(merges, symbols, best - 1)
    if (best + 1 < count) rankPair(merges, symbols, best)
  }
  return count
}

function rankPair(merges: Merges, symbols: Int32Array, at: number): void {
  const entry = merges.find(symbols[at]!, symbols[at + 1]!)
  if (entry < 0) ranks[at] = neverMerges
  else {
    ranks[at] = merges.table.rankAt(entry)
    targets[at] = merges.table.mergedAt(entry)
  }
}
