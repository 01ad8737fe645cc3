import { PairTable } from '../bytes/pair-table.ts'
import type { SymbolWords } from './symbol-words.ts'

/** Pairs of neighbouring symbols, numbered, with how often they occur and the words they occur in. */
export class PairStatistics {
  private readonly numbers = new PairTable(1 << 12)
  lefts = new Int32Array(1 << 12)
  rights = new Int32Array(1 << 12)
  counts = new Float64Array(1 << 12)

  get size(): number {
    return this.numbers.size
  }

  /** The number of a pair, new or old. */
  numberOf(left: number, right: number): number {
    const entry = this.numbers.find(left, right)
    if (entry >= 0) return this.numbers.rankAt(entry)
    const pair = this.numbers.size
    this.numbers.add(left, right, pair, 0)
    if (pair === this.lefts.length) this.grow()
    this.lefts[pair] = left
    this.rights[pair] = right
    return pair
  }

  private grow(): void {
    const capacity = this.lefts.length * 2
    const lefts = new Int32Array(capacity)
    const rights = new Int32Array(capacity)
    const counts = new Float64Array(capacity)
    lefts.set(this.lefts)
    rights.set(this.rights)
    counts.set(this.counts)
    this.lefts = lefts
    this.rights = rights
    this.counts = counts
  }

  /** Counts all pairs of `words`; returns the words of each pair (a word twice if the pair occurs in it twice). */
  countAll(words: SymbolWords): Int32Array[] {
    const { symbols, starts, lengths } = words
    const pairOf = new Int32Array(symbols.length)
    const occurrences: number[] = []
    for (let word = 0; word < starts.length; word++) {
      const end = starts[word]! + lengths[word]! - 1
      for (let i = starts[word]!; i < end; i++) {
        const pair = this.numberOf(symbols[i]!, symbols[i + 1]!)
        pairOf[i] = pair
        this.counts[pair]! += words.counts[word]!
        occurrences[pair] = (occurrences[pair] ?? 0) + 1
      }
    }
    const all = new Int32Array(occurrences.reduce((sum, count) => sum + count, 0))
    let end = 0
    const places = occurrences.map(count => all.subarray(end, (end += count)))
    const filled = new Int32Array(this.size)
    for (let word = 0; word < starts.length; word++) {
      const end = starts[word]! + lengths[word]! - 1
      for (let i = starts[word]!; i < end; i++) {
        const pair = pairOf[i]!
        places[pair]![filled[pair]!++] = word
      }
    }
    return places
  }
}
