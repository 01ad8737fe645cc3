import { powerOfTwo } from './hash.ts'

/** A trie over bytes whose edges lie in one open-addressing hash table, keyed by (node, byte). Node 0 is the root. */
export class ByteTrie {
  private nodes = 1
  private values = new Int32Array(1 << 10).fill(-1)
  /** Pairs of (node * 256 + byte + 1, child); 0 marks a free slot. */
  private slots: Int32Array
  private mask: number

  /** Room for about `bytes` bytes of keys. */
  constructor(bytes: number) {
    const size = powerOfTwo(Math.max(16, bytes))
    this.slots = new Int32Array(size * 2)
    this.mask = size - 1
  }

  insert(bytes: Uint8Array, value: number): void {
    let node = 0
    for (const byte of bytes) {
      const next = this.step(node, byte)
      node = next >= 0 ? next : this.addChild(node, byte)
    }
    this.values[node] = value
  }

  /** The child of a node by a byte, or -1. */
  step(node: number, byte: number): number {
    const { slots, mask } = this
    const key = node * 256 + byte + 1
    for (let slot = hashEdge(key) & mask; ; slot = (slot + 1) & mask) {
      const found = slots[slot * 2]!
      if (found === key) return slots[slot * 2 + 1]!
      if (found === 0) return -1
    }
  }

  /** The value stored at a node, or -1. */
  valueAt(node: number): number {
    return this.values[node]!
  }

  /** The longest key at the start of `bytes[start..end)` and where it ends; undefined if there is none. */
  longest(bytes: Uint8Array, start: number, end: number): { value: number; end: number } | undefined {
    let found: { value: number; end: number } | undefined
    let node = 0
    for (let at = start; at < end; at++) {
      node = this.step(node, bytes[at]!)
      if (node < 0) break
      const value = this.valueAt(node)
      if (value >= 0) found = { value, end: at + 1 }
    }
    return found
  }

  private addChild(node: number, byte: number): number {
    if (this.nodes * 2 > this.mask) this.grow()
    const child = this.nodes++
    if (child === this.values.length) {
      const values = new Int32Array(child * 2).fill(-1)
      values.set(this.values)
      this.values = values
    }
    this.place(node * 256 + byte + 1, child)
    return child
  }

  private place(key: number, child: number): void {
    let slot = hashEdge(key) & this.mask
    while (this.slots[slot * 2] !== 0) slot = (slot + 1) & this.mask
    this.slots[slot * 2] = key
    this.slots[slot * 2 + 1] = child
  }

  private grow(): void {
    const old = this.slots
    this.slots = new Int32Array(old.length * 2)
    this.mask = this.slots.length / 2 - 1
    for (let at = 0; at < old.length; at += 2) if (old[at] !== 0) this.place(old[at]!, old[at + 1]!)
  }
}

function hashEdge(key: number): number {
  const hash = Math.imul(key, 0x9e3779b1)
  return hash ^ (hash >>> 15)
}
