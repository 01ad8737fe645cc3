import type { GrowableUint32 } from './growable.ts'
import { powerOfTwo } from './hash.ts'

const longestKey = 64

/**
 * Remembers the ids of words that were encoded before. Keys are bytes in one arena, values are one id inline or a
 * range of an id arena; when one of the three fills up, everything is forgotten, so memory is bounded.
 */
export class WordCache {
  private readonly mask: number
  private readonly limit: number
  private count = 0
  /** Four numbers a slot: hash, key start, key length (0 marks a free slot) and id count, id or start of ids. */
  private readonly slots: Int32Array
  private readonly keys: Uint8Array
  private keyEnd = 0
  private readonly ids: Uint32Array
  private idEnd = 0

  constructor(capacity: number) {
    const size = powerOfTwo(capacity * 2)
    this.mask = size - 1
    this.limit = capacity
    this.slots = new Int32Array(size * 4)
    this.keys = new Uint8Array(capacity * 16)
    this.ids = new Uint32Array(capacity * 4)
  }

  /** Appends the ids of `bytes[start..end)` to `out` if they are known. */
  appendTo(out: GrowableUint32, bytes: Uint8Array, start: number, end: number, hash: number): boolean {
    const { slots, mask, keys } = this
    const length = end - start
    probe: for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 4
      const shape = slots[at + 2]!
      if (shape === 0) return false
      if (slots[at] !== hash || (shape & 0xff) !== length) continue
      const key = slots[at + 1]!
      for (let i = 0; i < length; i++) if (keys[key + i] !== bytes[start + i]) continue probe
      const value = slots[at + 3]!
      if (shape >> 8 === 1) out.push(value)
      else this.appendMany(out, value, shape >> 8)
      return true
    }
  }

  private appendMany(out: GrowableUint32, from: number, count: number): void {
    out.reserve(count)
    for (let i = 0; i < count; i++) out.data[out.length++] = this.ids[from + i]!
  }

  /** Remembers `ids[from..to)` for a word that `appendTo` did not find. Long words are not worth remembering. */
  store(bytes: Uint8Array, start: number, end: number, hash: number, ids: Uint32Array, from: number, to: number): void {
    const length = end - start
    const count = to - from
    if (length > longestKey || count === 0) return
    if (this.isFull(length, count)) this.clear()
    let slot = hash & this.mask
    while (this.slots[slot * 4 + 2] !== 0) slot = (slot + 1) & this.mask
    const at = slot * 4
    this.slots[at] = hash
    this.slots[at + 1] = this.keyEnd
    this.slots[at + 2] = length | (count << 8)
    this.slots[at + 3] = count === 1 ? ids[from]! : this.idEnd
    for (let i = start; i < end; i++) this.keys[this.keyEnd++] = bytes[i]!
    if (count > 1) for (let i = from; i < to; i++) this.ids[this.idEnd++] = ids[i]!
    this.count++
  }

  private isFull(length: number, count: number): boolean {
    return this.count >= this.limit || this.keyEnd + length > this.keys.length || this.idEnd + count > this.ids.length
  }

  private clear(): void {
    this.slots.fill(0)
    this.count = 0
    this.keyEnd = 0
    this.idEnd = 0
  }
}
