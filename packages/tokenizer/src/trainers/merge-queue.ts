import type { PairStatistics } from './pair-statistics.ts'

/** A pair that may merge next, with the count and the words it had when it was queued. */
export interface Candidate {
  readonly pair: number
  count: number
  readonly words: ArrayLike<number>
}

/** A heap of candidates: the most frequent first, among equals the pair with the smaller ids. */
export class MergeQueue {
  private readonly heap: Candidate[] = []
  private readonly pairs: PairStatistics

  constructor(pairs: PairStatistics) {
    this.pairs = pairs
  }

  push(candidate: Candidate): void {
    const { heap } = this
    let at = heap.length
    heap.push(candidate)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.isBefore(candidate, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = candidate
  }

  pop(): Candidate | undefined {
    const { heap } = this
    const top = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return top
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && this.isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!this.isBefore(heap[child]!, last)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return top
  }

  private isBefore(a: Candidate, b: Candidate): boolean {
    if (a.count !== b.count) return a.count > b.count
    const { lefts, rights } = this.pairs
    const left = lefts[a.pair]! - lefts[b.pair]!
    return left === 0 ? rights[a.pair]! < rights[b.pair]! : left < 0
  }
}
