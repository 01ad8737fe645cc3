const free = -1

/** The rank of a pair that does not merge. */
export const neverMerges = 0x7fffffff

/**
 * What two neighbouring tokens merge into: an open-addressing table of (left, right, rank, merged), four numbers
 * beside each other so that a look-up touches one cache line.
 */
export class PairTable {
  private slots: Int32Array
  private mask: number
  private count = 0

  constructor(capacity: number) {
    let size = 16
    while (size < capacity * 2) size *= 2
    this.slots = new Int32Array(size * 4).fill(free)
    this.mask = size - 1
  }

  get size(): number {
    return this.count
  }

  /** Index of the pair's entry for `rankAt` and `mergedAt`, or -1. */
  find(left: number, right: number): number {
    const { slots, mask } = this
    for (let slot = hashPair(left, right) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 4
      if (slots[at] === left && slots[at + 1] === right) return at
      if (slots[at] === free) return -1
    }
  }

  rankAt(entry: number): number {
    return this.slots[entry + 2]!
  }

  mergedAt(entry: number): number {
    return this.slots[entry + 3]!
  }

  /** All entries as (left, right, rank, merged). */
  *entries(): IterableIterator<[left: number, right: number, rank: number, merged: number]> {
    const { slots } = this
    for (let at = 0; at < slots.length; at += 4)
      if (slots[at] !== free) yield [slots[at]!, slots[at + 1]!, slots[at + 2]!, slots[at + 3]!]
  }

  setRank(entry: number, rank: number): void {
    this.slots[entry + 2] = rank
  }

  /** Stores a pair that is not there yet; returns its entry. */
  add(left: number, right: number, rank: number, merged: number): number {
    if (this.count * 2 > this.mask) this.grow()
    this.count++
    return this.place(left, right, rank, merged)
  }

  private place(left: number, right: number, rank: number, merged: number): number {
    const { slots, mask } = this
    let slot = hashPair(left, right) & mask
    while (slots[slot * 4] !== free) slot = (slot + 1) & mask
    const at = slot * 4
    slots[at] = left
    slots[at + 1] = right
    slots[at + 2] = rank
    slots[at + 3] = merged
    return at
  }

  private grow(): void {
    const old = this.slots
    this.slots = new Int32Array(old.length * 2).fill(free)
    this.mask = this.slots.length / 4 - 1
    for (let at = 0; at < old.length; at += 4)
      if (old[at] !== free) this.place(old[at]!, old[at + 1]!, old[at + 2]!, old[at + 3]!)
  }

  clear(): void {
    this.slots.fill(free)
    this.count = 0
  }
}

function hashPair(left: number, right: number): number {
  const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca77)
  return hash ^ (hash >>> 15)
}
