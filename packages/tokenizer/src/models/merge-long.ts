import { neverMerges } from '../bytes/pair-table.ts'
import type { Merges } from './bpe-merges.ts'

/** Ranks come before positions: `rank * positions + position` is exact in a double for ranks below 2^22. */
const positions = 2 ** 31

interface Scratch {
  readonly capacity: number
  readonly next: Int32Array
  readonly previous: Int32Array
  readonly ranks: Int32Array
  readonly targets: Int32Array
  readonly heap: Float64Array
}

function allocate(capacity: number): Scratch {
  return {
    capacity,
    next: new Int32Array(capacity),
    previous: new Int32Array(capacity),
    ranks: new Int32Array(capacity),
    targets: new Int32Array(capacity),
    heap: new Float64Array(capacity * 3),
  }
}

const keptCapacity = 1 << 12
let scratch = /* @__PURE__ */ allocate(keptCapacity)

/**
 * As `mergeShort`, for words of any length in O(n log n): the symbols form a linked list, and a heap holds candidate
 * pairs by (rank, position). A candidate whose pair has changed since is recognised by its rank and dropped.
 */
export function mergeLong(
  merges: Merges,
  bytes: Uint8Array,
  start: number,
  symbols: Int32Array,
  ends: Int32Array,
  count: number,
): number {
  if (count > scratch.capacity) scratch = allocate(count)
  const { next, previous, ranks, targets, heap } = scratch
  let size = 0
  const rankPair = (at: number): boolean => {
    const right = next[at]!
    const from = at > 0 ? ends[previous[at]!]! : start
    const rank = right < count ? merges.rankOf(symbols[at]!, symbols[right]!, bytes, from, ends[right]!) : neverMerges
    ranks[at] = rank
    targets[at] = merges.merged
    return rank !== neverMerges
  }
  for (let i = 0; i < count; i++) {
    next[i] = i + 1
    previous[i] = i - 1
    ranks[i] = neverMerges
  }
  for (let i = 0; i < count - 1; i++) if (rankPair(i)) heap[size++] = ranks[i]! * positions + i
  for (let i = (size >> 1) - 1; i >= 0; i--) siftDown(heap, i, size)

  while (size > 0) {
    const top = heap[0]!
    heap[0] = heap[--size]!
    siftDown(heap, 0, size)
    const rank = Math.floor(top / positions)
    const at = top - rank * positions
    if (ranks[at] !== rank) continue
    const right = next[at]!
    symbols[at] = targets[at]!
    ends[at] = ends[right]!
    ranks[right] = neverMerges
    next[at] = next[right]!
    if (next[at]! < count) previous[next[at]!] = at
    if (rankPair(at)) siftUp(heap, size++, ranks[at]! * positions + at)
    const left = previous[at]!
    if (left >= 0 && rankPair(left)) siftUp(heap, size++, ranks[left]! * positions + left)
  }
  let kept = 0
  for (let i = 0; i < count; i = next[i]!) {
    symbols[kept] = symbols[i]!
    ends[kept++] = ends[i]!
  }
  if (scratch.capacity > keptCapacity) scratch = allocate(keptCapacity)
  return kept
}

function siftDown(heap: Float64Array, at: number, size: number): void {
  const key = heap[at]!
  for (;;) {
    let child = at * 2 + 1
    if (child >= size) break
    if (child + 1 < size && heap[child + 1]! < heap[child]!) child++
    if (heap[child]! >= key) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = key
}

function siftUp(heap: Float64Array, at: number, key: number): void {
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (heap[parent]! <= key) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = key
}
