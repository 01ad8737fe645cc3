/** Longest key in bytes. */
export const shortKeyLength = 8

/** What `get` gives for a key that is not there; no value may be it. */
export const absent = -0x80000000

/** Which bits of its first and second four bytes a key of so many bytes has. */
const firstMasks = /* @__PURE__ */ Int32Array.of(0, 0xff, 0xffff, 0xffffff, -1, -1, -1, -1, -1)
const secondMasks = /* @__PURE__ */ Int32Array.of(0, 0, 0, 0, 0, 0xff, 0xffff, 0xffffff, -1)

/**
 * Numbers by keys of 1 to 8 bytes. A slot holds its key in two numbers, `[bytes 0–3, bytes 4–7, length, value]`, so a
 * look-up costs one cache line and, as it masks what is beyond the key, no branch that depends on the length.
 */
export class ShortKeyTable {
  private slots: Int32Array
  private mask: number
  private size = 0

  constructor(capacity = 512) {
    let slots = 1
    while (slots * 3 < capacity * 4) slots *= 2
    this.slots = new Int32Array(slots * 4)
    this.mask = slots - 1
  }

  /** How many keys there are. */
  get count(): number {
    return this.size
  }

  /** The value of `bytes[start..start + length)`, or `absent`. */
  get(bytes: Uint8Array, start: number, length: number): number {
    if (start + shortKeyLength > bytes.length) {
      const second = bytesAt(bytes, start + 4, length - 4)
      return this.find(bytesAt(bytes, start, Math.min(4, length)), second, length)
    }
    const first = fourBytes(bytes, start) & firstMasks[length]!
    return this.find(first, fourBytes(bytes, start + 4) & secondMasks[length]!, length)
  }

  private find(first: number, second: number, length: number): number {
    const { slots, mask } = this
    for (let at = hash(first, second, length) & mask; ; at = (at + 1) & mask) {
      const slot = at * 4
      const found = slots[slot + 2]!
      if (slots[slot] === first && slots[slot + 1] === second && found === length) return slots[slot + 3]!
      if (found === 0) return absent
    }
  }

  /** Stores the value of a key that is not there. */
  add(bytes: Uint8Array, start: number, length: number, value: number): void {
    if (++this.size * 4 > this.mask * 3) this.grow()
    const second = bytesAt(bytes, start + 4, length - 4)
    this.place(bytesAt(bytes, start, Math.min(4, length)), second, length, value)
  }

  private place(first: number, second: number, length: number, value: number): void {
    const { slots, mask } = this
    let at = hash(first, second, length) & mask
    while (slots[at * 4 + 2] !== 0) at = (at + 1) & mask
    slots[at * 4] = first
    slots[at * 4 + 1] = second
    slots[at * 4 + 2] = length
    slots[at * 4 + 3] = value
  }

  private grow(): void {
    const old = this.slots
    this.slots = new Int32Array(old.length * 2)
    this.mask = this.slots.length / 4 - 1
    for (let at = 0; at < old.length; at += 4)
      if (old[at + 2] !== 0) this.place(old[at]!, old[at + 1]!, old[at + 2]!, old[at + 3]!)
  }
}

function fourBytes(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

/** As `fourBytes`, of fewer bytes. */
function bytesAt(bytes: Uint8Array, at: number, count: number): number {
  let joined = 0
  for (let i = 0; i < count; i++) joined |= bytes[at + i]! << (i * 8)
  return joined
}

function hash(first: number, second: number, length: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second + length, 0x85ebca77)
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 8
}
