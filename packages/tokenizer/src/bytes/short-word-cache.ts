import type { GrowableUint32 } from './growable.ts'

/** Longest word in bytes that fits a slot. */
export const shortWordLength = 16

const stride = 8
const mostWords = 1 << 16

/**
 * Remembers the ids of words of at most 16 bytes. A slot holds the word itself in four 32-bit numbers, so looking up
 * costs a few comparisons and one cache line: `[bytes 0–3, 4–7, 8–11, 12–15, length, id count, id or start of ids, –]`.
 * When it is full, everything is forgotten, so memory is bounded.
 */
export class ShortWordCache {
  private slots = new Int32Array(stride << 10)
  private mask = (1 << 10) - 1
  private count = 0
  private ids = new Uint32Array(1 << 10)
  private idEnd = 0

  /**
   * Appends the ids of the word to `out` if they are known. `view` is on the bytes of the text, which must go on for at
   * least 16 bytes behind the word.
   */
  appendTo(out: GrowableUint32, view: DataView, start: number, length: number): boolean {
    const a = wordAt(view, start, length)
    const b = length > 4 ? wordAt(view, start + 4, length - 4) : 0
    const c = length > 8 ? wordAt(view, start + 8, length - 8) : 0
    const d = length > 12 ? wordAt(view, start + 12, length - 12) : 0
    const { slots, mask } = this
    for (let slot = hash(a, b, c, d, length) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * stride
      const found = slots[at + 4]!
      if (found === 0) return false
      if (slots[at] !== a || slots[at + 1] !== b || slots[at + 2] !== c || slots[at + 3] !== d || found !== length)
        continue
      const count = slots[at + 5]!
      if (count === 1) out.push(slots[at + 6]!)
      else this.appendMany(out, slots[at + 6]!, count)
      return true
    }
  }

  private appendMany(out: GrowableUint32, from: number, count: number): void {
    out.reserve(count)
    for (let i = 0; i < count; i++) out.data[out.length++] = this.ids[from + i]!
  }

  /** Remembers `ids[from..to)` for a word that `appendTo` did not find. */
  store(view: DataView, start: number, length: number, ids: Uint32Array, from: number, to: number): void {
    if (this.count >= mostWords) this.clear()
    if (this.count * 2 > this.mask) this.grow()
    this.count++
    const a = wordAt(view, start, length)
    const b = length > 4 ? wordAt(view, start + 4, length - 4) : 0
    const c = length > 8 ? wordAt(view, start + 8, length - 8) : 0
    const d = length > 12 ? wordAt(view, start + 12, length - 12) : 0
    const value = to - from === 1 ? ids[from]! : this.storeIds(ids, from, to)
    this.place(a, b, c, d, length, to - from, value)
  }

  private storeIds(ids: Uint32Array, from: number, to: number): number {
    if (this.idEnd + to - from > this.ids.length) {
      const grown = new Uint32Array(this.ids.length * 2)
      grown.set(this.ids)
      this.ids = grown
    }
    const start = this.idEnd
    for (let i = from; i < to; i++) this.ids[this.idEnd++] = ids[i]!
    return start
  }

  private place(a: number, b: number, c: number, d: number, length: number, count: number, value: number): void {
    const { slots, mask } = this
    let slot = hash(a, b, c, d, length) & mask
    while (slots[slot * stride + 4] !== 0) slot = (slot + 1) & mask
    const at = slot * stride
    slots[at] = a
    slots[at + 1] = b
    slots[at + 2] = c
    slots[at + 3] = d
    slots[at + 4] = length
    slots[at + 5] = count
    slots[at + 6] = value
  }

  private grow(): void {
    const old = this.slots
    this.slots = new Int32Array(old.length * 4)
    this.mask = this.slots.length / stride - 1
    for (let at = 0; at < old.length; at += stride)
      if (old[at + 4] !== 0)
        this.place(old[at]!, old[at + 1]!, old[at + 2]!, old[at + 3]!, old[at + 4]!, old[at + 5]!, old[at + 6]!)
  }

  private clear(): void {
    this.slots.fill(0)
    this.count = 0
    this.idEnd = 0
  }
}

/** Four bytes as a number, those beyond `length` as zero. */
function wordAt(view: DataView, at: number, length: number): number {
  const word = view.getInt32(at, true)
  return length >= 4 ? word : word & ((1 << (length * 8)) - 1)
}

function hash(a: number, b: number, c: number, d: number, length: number): number {
  let mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) ^ Math.imul(c, 0x27d4eb2f) ^ Math.imul(d + length, 0x165667b1)
  return mixed ^ (mixed >>> 16)
}
