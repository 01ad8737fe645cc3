import { neverMerges, PairTable } from '../bytes/pair-table.ts'
import type { Vocabulary } from '../bytes/vocabulary.ts'

/** Finds the rank of a pair of neighbouring tokens; lower ranks merge first. */
export interface Merges {
  readonly table: PairTable
  /** Entry of the pair in `table`, or -1 if it does not merge. */
  find(left: number, right: number): number
}

/** Merges that a file lists one by one. */
export function listedMerges(table: PairTable): Merges {
  return { table, find: (left, right) => table.find(left, right) }
}

const rememberedPairs = 1 << 18

/**
 * Merges of a rank file (tiktoken): two tokens merge if their joined bytes are a token, whose id is the rank. Pairs
 * are looked up by their bytes once and then remembered, in bounded memory, so loading does no work per pair.
 */
export function rankedMerges(vocabulary: Vocabulary): Merges {
  const table = new PairTable(1 << 12)
  let joined = new Uint8Array(256)
  const derive = (left: number, right: number): number => {
    const length = vocabulary.lengthOf(left) + vocabulary.lengthOf(right)
    if (length > joined.length) joined = new Uint8Array(length * 2)
    vocabulary.copyTo(right, joined, vocabulary.copyTo(left, joined, 0))
    const merged = vocabulary.find(joined, 0, length)
    if (table.size >= rememberedPairs) table.clear()
    return table.add(left, right, merged < 0 ? neverMerges : merged, merged)
  }
  return {
    table,
    find(left, right) {
      let entry = table.find(left, right)
      if (entry < 0) entry = derive(left, right)
      return table.rankAt(entry) === neverMerges ? -1 : entry
    },
  }
}
