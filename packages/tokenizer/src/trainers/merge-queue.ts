import type { PairStatistics } from './pair-statistics.ts'

/** `left * idLimit + right` is exact in a double. */
const idLimit = 2 ** 26

/**
 * A heap of pairs that may merge next, each with the count and the words it had when it was queued: the most frequent
 * first, among equals the pair with the smaller ids. A pair can be queued more than once, so entries have numbers of
 * their own. What is compared, the count and the ids in one number, lies in flat arrays.
 */
export class MergeQueue {
  private size = 0
  private counts = new Float64Array(1 << 12)
  private ids = new Float64Array(1 << 12)
  private entries = new Int32Array(1 << 12)
  private readonly pairs: PairStatistics
  /** By entry. */
  private readonly pairOfEntry: number[] = []
  private readonly wordsOfEntry: (ArrayLike<number> | undefined)[] = []
  /** The count that the entry of the last `pop` was queued with. */
  poppedCount = 0

  constructor(pairs: PairStatistics) {
    this.pairs = pairs
  }

  push(pair: number, count: number, words: ArrayLike<number>): void {
    this.wordsOfEntry.push(words)
    this.pushAgain(this.pairOfEntry.push(pair) - 1, count)
  }

  /** Queues an entry that was taken out, with another count. */
  pushAgain(entry: number, count: number): void {
    if (this.size === this.entries.length) this.grow()
    const { counts, ids } = this
    const pair = this.pairOfEntry[entry]!
    const id = this.pairs.lefts[pair]! * idLimit + this.pairs.rights[pair]!
    let at = this.size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (counts[parent]! > count || (counts[parent] === count && ids[parent]! <= id)) break
      this.move(parent, at)
      at = parent
    }
    this.place(at, count, id, entry)
  }

  /** Takes out the first entry; -1 if there is none. */
  pop(): number {
    if (this.size === 0) return -1
    const { counts, ids, entries } = this
    const top = entries[0]!
    this.poppedCount = counts[0]!
    const last = --this.size
    const count = counts[last]!
    const id = ids[last]!
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= last) break
      if (child + 1 < last && this.isBefore(child + 1, counts[child]!, ids[child]!)) child++
      if (!this.isBefore(child, count, id)) break
      this.move(child, at)
      at = child
    }
    this.place(at, count, id, entries[last]!)
    return top
  }

  pairOf(entry: number): number {
    return this.pairOfEntry[entry]!
  }

  /** The words of an entry that was taken out for good; the queue forgets them. */
  takeWords(entry: number): ArrayLike<number> {
    const words = this.wordsOfEntry[entry]!
    this.wordsOfEntry[entry] = undefined
    return words
  }

  private isBefore(at: number, count: number, id: number): boolean {
    return this.counts[at]! > count || (this.counts[at] === count && this.ids[at]! < id)
  }

  private move(from: number, to: number): void {
    this.place(to, this.counts[from]!, this.ids[from]!, this.entries[from]!)
  }

  private place(at: number, count: number, id: number, entry: number): void {
    this.counts[at] = count
    this.ids[at] = id
    this.entries[at] = entry
  }

  private grow(): void {
    const { counts, ids, entries } = this
    this.counts = new Float64Array(this.size * 2)
    this.ids = new Float64Array(this.size * 2)
    this.entries = new Int32Array(this.size * 2)
    this.counts.set(counts)
    this.ids.set(ids)
    this.entries.set(entries)
  }
}
