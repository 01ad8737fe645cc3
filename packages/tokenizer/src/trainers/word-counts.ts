import { GrowableBytes } from '../bytes/growable.ts'
import { hashBytes } from '../bytes/hash.ts'

/** Distinct words (byte strings) and how often each occurred, numbered in the order of their first occurrence. */
export class WordCounts {
  /** How many distinct words there are. */
  size = 0
  private readonly arena = new GrowableBytes(1 << 16)
  private starts = new Uint32Array(1 << 10)
  private counts = new Float64Array(1 << 10)
  private hashes = new Int32Array(1 << 10)
  private slots = new Int32Array(1 << 11)
  private mask = (1 << 11) - 1

  /** Counts one more (or `times` more) occurrences of `bytes[start..end)`. */
  add(bytes: Uint8Array, start: number, end: number, times = 1): void {
    const hash = hashBytes(bytes, start, end)
    let slot = hash & this.mask
    for (; this.slots[slot] !== 0; slot = (slot + 1) & this.mask) {
      const word = this.slots[slot]! - 1
      if (this.hashes[word] === hash && this.equals(word, bytes, start, end)) {
        this.counts[word]! += times
        return
      }
    }
    this.slots[slot] = this.append(bytes, start, end, hash, times) + 1
    if (this.size * 2 > this.mask) this.rehash()
  }

  /** The bytes of a word, as a view. */
  bytesOf(word: number): Uint8Array {
    return this.arena.data.subarray(this.starts[word], this.endOf(word))
  }

  countOf(word: number): number {
    return this.counts[word]!
  }

  /** The words that occurred at least so often. */
  countedFrom(least: number): WordCounts {
    const kept = new WordCounts()
    for (let word = 0; word < this.size; word++) {
      const bytes = this.bytesOf(word)
      if (this.countOf(word) >= least) kept.add(bytes, 0, bytes.length, this.countOf(word))
    }
    return kept
  }

  /** Bytes of all distinct words together. */
  get totalBytes(): number {
    return this.arena.length
  }

  private endOf(word: number): number {
    return word + 1 < this.size ? this.starts[word + 1]! : this.arena.length
  }

  private equals(word: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.starts[word]!
    if (this.endOf(word) - from !== end - start) return false
    const arena = this.arena.data
    for (let i = start; i < end; i++) if (arena[from + i - start] !== bytes[i]) return false
    return true
  }

  private append(bytes: Uint8Array, start: number, end: number, hash: number, times: number): number {
    if (this.size === this.starts.length) this.growWords()
    const word = this.size++
    this.starts[word] = this.arena.length
    this.counts[word] = times
    this.hashes[word] = hash
    this.arena.append(bytes, start, end)
    return word
  }

  private growWords(): void {
    const grow = <T extends Uint32Array | Float64Array | Int32Array>(old: T, grown: T): T => {
      grown.set(old)
      return grown
    }
    const capacity = this.size * 2
    this.starts = grow(this.starts, new Uint32Array(capacity))
    this.counts = grow(this.counts, new Float64Array(capacity))
    this.hashes = grow(this.hashes, new Int32Array(capacity))
  }

  private rehash(): void {
    this.slots = new Int32Array(this.slots.length * 2)
    this.mask = this.slots.length - 1
    for (let word = 0; word < this.size; word++) {
      let slot = this.hashes[word]! & this.mask
      while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask
      this.slots[slot] = word + 1
    }
  }
}
