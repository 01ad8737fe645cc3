import type { GrowableUint32 } from './growable.ts'

/** Longest word in bytes that fits a slot. */
export const shortWordLength = 16

const stride = 8
const mostWords = 1 << 16

/** For each length the masks that keep so many bytes of four 32-bit numbers. */
const masks = /* @__PURE__ */ Int32Array.from({ length: (shortWordLength + 1) * 4 }, (_, i) => {
  const kept = (i >> 2) - (i & 3) * 4
  return kept >= 4 ? -1 : kept <= 0 ? 0 : (1 << (kept * 8)) - 1
})
const keyStride = 5

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
  /** Of the words of a block their bytes, in four numbers, and their hash. */
  private readonly keys: Int32Array

  /** For blocks of at most `blockSize` words. */
  constructor(blockSize: number) {
    this.keys = new Int32Array(blockSize * keyStride)
  }

  /**
   * Reads the words `starts[i]` to `ends[i]` of a block, `from <= i < to`, for `appendTo`. No branch depends on a word
   * here: how long it is cannot be predicted.
   */
  read(view: DataView, starts: Int32Array, ends: Int32Array, from: number, to: number): void {
    const { keys } = this
    // Words too near to the end of the bytes are left out.
    while (to > from && starts[to - 1]! + shortWordLength > view.byteLength) to--
    for (let i = from, key = 0; i < to; i++, key += keyStride) {
      const start = starts[i]!
      const length = Math.min(ends[i]! - start, shortWordLength)
      const a = view.getInt32(start, true) & masks[length * 4]!
      const b = view.getInt32(start + 4, true) & masks[length * 4 + 1]!
      const c = view.getInt32(start + 8, true) & masks[length * 4 + 2]!
      const d = view.getInt32(start + 12, true) & masks[length * 4 + 3]!
      keys[key] = a
      keys[key + 1] = b
      keys[key + 2] = c
      keys[key + 3] = d
      keys[key + 4] = hash(a, b, c, d, length)
    }
  }

  /** Appends the ids of a word of the block, the one at `index` from its first, to `out` if they are known. */
  appendTo(out: GrowableUint32, index: number, length: number): boolean {
    const { keys, slots, mask } = this
    const key = index * keyStride
    const a = keys[key]!
    const b = keys[key + 1]!
    const c = keys[key + 2]!
    const d = keys[key + 3]!
    for (let slot = keys[key + 4]! & mask; ; slot = (slot + 1) & mask) {
      const at = slot * stride
      const found = slots[at + 4]!
      if (found === length && slots[at] === a && slots[at + 1] === b && slots[at + 2] === c && slots[at + 3] === d) {
        const count = slots[at + 5]!
        if (count === 1) out.push(slots[at + 6]!)
        else this.appendMany(out, slots[at + 6]!, count)
        return true
      }
      if (found === 0) return false
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
    this.slots = new Int32Array(old.length * 2)
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
