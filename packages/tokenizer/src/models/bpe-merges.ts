import { neverMerges, PairTable } from '../bytes/pair-table.ts'
import type { Vocabulary } from '../bytes/vocabulary.ts'

const directIds = 256
/** So many pairs are remembered, one for each value of the high bits of a hash. */
const recentPairs = 1 << 14
const recentShift = 32 - 14

/**
 * Which neighbouring tokens merge, in which order and into what. Files list the merges, or they rank the tokens
 * (tiktoken): then two tokens merge if their joined bytes are a token, whose id is the rank. Such pairs are looked up
 * by their bytes, so loading does no work per pair, and the latest ones are remembered.
 */
export class Merges {
  /** What the pair of the last call of `rankOf` merges into. */
  merged = -1
  private readonly table: PairTable | undefined
  private readonly ranked: Vocabulary | undefined
  /** Ranks and results of pairs of ids below 256, which in byte-level vocabularies are the bytes. */
  private readonly directRanks = new Int32Array(directIds * directIds).fill(neverMerges)
  private readonly directMerged = new Int32Array(directIds * directIds)
  /** Three numbers a pair: left, right, merged. */
  private readonly recent: Int32Array

  private constructor(table: PairTable | undefined, ranked: Vocabulary | undefined) {
    this.table = table
    this.ranked = ranked
    this.recent = new Int32Array(ranked ? recentPairs * 3 : 0).fill(-1)
  }

  /** Merges of a list, each a rank. */
  static listed(table: PairTable): Merges {
    const merges = new Merges(table, undefined)
    for (const [left, right, rank, merged] of table.entries()) merges.addDirect(left, right, rank, merged)
    return merges
  }

  /** Merges of a vocabulary whose ids are ranks. */
  static ranked(vocabulary: Vocabulary): Merges {
    const merges = new Merges(undefined, vocabulary)
    const ids = Array.from({ length: directIds }, (_, id) => id).filter(id => vocabulary.has(id))
    const longest = ids.reduce((length, id) => Math.max(length, vocabulary.lengthOf(id)), 0)
    const joined = new Uint8Array(longest * 2)
    for (const left of ids)
      for (const right of ids) {
        const length = vocabulary.copyTo(right, joined, vocabulary.copyTo(left, joined, 0))
        const merged = vocabulary.find(joined, 0, length)
        if (merged >= 0) merges.addDirect(left, right, merged, merged)
      }
    return merges
  }

  private addDirect(left: number, right: number, rank: number, merged: number): void {
    if (left >= directIds || right >= directIds) return
    this.directRanks[left * directIds + right] = rank
    this.directMerged[left * directIds + right] = merged
  }

  /**
   * Rank of a pair that covers `bytes[start..end)`, `neverMerges` if it does not merge; lower ranks merge first. See
   * `merged` for the result.
   */
  rankOf(left: number, right: number, bytes: Uint8Array, start: number, end: number): number {
    if (left < directIds && right < directIds) {
      this.merged = this.directMerged[left * directIds + right]!
      return this.directRanks[left * directIds + right]!
    }
    if (this.ranked) return this.rankOfBytes(this.ranked, left, right, bytes, start, end)
    const table = this.table!
    const entry = table.find(left, right)
    if (entry < 0) return neverMerges
    this.merged = table.mergedAt(entry)
    return table.rankAt(entry)
  }

  private rankOfBytes(
    vocabulary: Vocabulary,
    left: number,
    right: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): number {
    const { recent } = this
    const at = ((Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca77)) >>> recentShift) * 3
    let merged = recent[at + 2]!
    if (recent[at] !== left || recent[at + 1] !== right) {
      merged = vocabulary.find(bytes, start, end)
      recent[at] = left
      recent[at + 1] = right
      recent[at + 2] = merged
    }
    this.merged = merged
    return merged < 0 ? neverMerges : merged
  }
}
