import { neverMerges } from '../bytes/pair-table.ts'
import type { Merges } from './bpe-merges.ts'

/** Up to this many symbols a scan over all ranks beats a heap. */
export const shortWord = 48

const ranks = new Int32Array(shortWord)
const targets = new Int32Array(shortWord)

/**
 * Merges neighbouring symbols in place, always the leftmost pair of lowest rank, until none merges. `ends[i]` is where
 * symbol i ends in `bytes` and moves along; the first one starts at `start`. Returns how many symbols are left.
 */
export function mergeShort(
  merges: Merges,
  bytes: Uint8Array,
  start: number,
  symbols: Int32Array,
  ends: Int32Array,
  count: number,
): number {
  const rankPair = (at: number) => {
    const from = at > 0 ? ends[at - 1]! : start
    ranks[at] = merges.rankOf(symbols[at]!, symbols[at + 1]!, bytes, from, ends[at + 1]!)
    targets[at] = merges.merged
  }
  for (let i = 0; i + 1 < count; i++) rankPair(i)
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
    if (best > 0) rankPair(best - 1)
    if (best + 1 < count) rankPair(best)
  }
  return count
}
