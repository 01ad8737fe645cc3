import { textSpelling, type TokenSpelling } from './byte-alphabet.ts'
import { GrowableBytes } from './growable.ts'
import { hashBytes, powerOfTwo } from './hash.ts'
import { toUtf8 } from './utf8.ts'

/**
 * Tokens as byte strings with their ids, in flat arrays: all bytes in one arena, and an open-addressing hash table
 * from bytes to id. Ids may have holes.
 */
export class Vocabulary {
  /** One more than the highest id. */
  readonly size: number
  private readonly arena: GrowableBytes
  private readonly starts: Uint32Array
  private readonly lengths: Int32Array
  /** Pairs of (hash, id + 1); an id of 0 marks a free slot. */
  private readonly slots: Int32Array
  private readonly mask: number
  /** How files write the tokens. */
  readonly spelling: TokenSpelling
  /** Tokens that the spelling cannot express: they have an id but match nothing. */
  private readonly unspelled = new Map<number, string>()
  private readonly unspelledIds = new Map<string, number>()

  /** Room for ids below `size`, of which about `count` are used. */
  constructor(size: number, count: number, spelling: TokenSpelling = textSpelling) {
    this.size = size
    this.spelling = spelling
    this.arena = new GrowableBytes(count * 8)
    this.starts = new Uint32Array(size)
    this.lengths = new Int32Array(size).fill(-1)
    const slots = powerOfTwo(Math.max(16, count * 2))
    this.slots = new Int32Array(slots * 2)
    this.mask = slots - 1
  }

  /** Stores a token as a file writes it; false if its id or its name is taken. */
  addToken(id: number, token: string): boolean {
    const bytes = this.spelling.toBytes(token)
    if (bytes) return this.add(id, bytes)
    if (this.unspelledIds.has(token)) return false
    this.unspelled.set(id, token)
    this.unspelledIds.set(token, id)
    return this.add(id, toUtf8(token), false)
  }

  /** The id of a token as a file writes it, or -1. */
  idOf(token: string): number {
    const bytes = this.spelling.toBytes(token)
    return bytes ? this.find(bytes, 0, bytes.length) : (this.unspelledIds.get(token) ?? -1)
  }

  /** A token as a file writes it; undefined for an id that is not used. */
  tokenOf(id: number): string | undefined {
    if (!this.has(id)) return undefined
    return this.unspelled.get(id) ?? this.spelling.toToken(this.bytesOf(id))
  }

  /** All tokens as files write them, by id. */
  *entries(): IterableIterator<[token: string, id: number]> {
    for (let id = 0; id < this.size; id++) {
      const token = this.tokenOf(id)
      if (token !== undefined) yield [token, id]
    }
  }

  /** Stores a token; false if its id or (when `findable`) its bytes are taken. */
  add(id: number, bytes: Uint8Array, findable = true): boolean {
    if (this.lengths[id] !== -1) return false
    if (findable && !this.insert(id, bytes)) return false
    this.starts[id] = this.arena.length
    this.lengths[id] = bytes.length
    this.arena.append(bytes)
    return true
  }

  private insert(id: number, bytes: Uint8Array): boolean {
    const hash = hashBytes(bytes, 0, bytes.length)
    if (this.findHashed(bytes, 0, bytes.length, hash) !== -1) return false
    let slot = hash & this.mask
    while (this.slots[slot * 2 + 1] !== 0) slot = (slot + 1) & this.mask
    this.slots[slot * 2] = hash
    this.slots[slot * 2 + 1] = id + 1
    return true
  }

  has(id: number): boolean {
    return (this.lengths[id] ?? -1) >= 0
  }

  /** Bytes of a token; -1 for an id that is not used. */
  lengthOf(id: number): number {
    return this.lengths[id] ?? -1
  }

  /** The bytes of a token, as a view. */
  bytesOf(id: number): Uint8Array {
    const start = this.starts[id]!
    return this.arena.data.subarray(start, start + this.lengths[id]!)
  }

  /** Copies a token's bytes to `target`; returns where they end. */
  copyTo(id: number, target: Uint8Array, at: number): number {
    const start = this.starts[id]!
    const length = this.lengths[id]!
    const arena = this.arena.data
    for (let i = 0; i < length; i++) target[at + i] = arena[start + i]!
    return at + length
  }

  /** The id of `bytes[start..end)`, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    return this.findHashed(bytes, start, end, hashBytes(bytes, start, end))
  }

  /** As `find`, for a caller that already has the hash. */
  findHashed(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const { slots, mask } = this
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot * 2 + 1]! - 1
      if (id < 0) return -1
      if (slots[slot * 2] === hash && this.equals(id, bytes, start, end)) return id
    }
  }

  private equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start
    if (this.lengths[id] !== length) return false
    const arena = this.arena.data
    const from = this.starts[id]!
    for (let i = 0; i < length; i++) if (arena[from + i] !== bytes[start + i]) return false
    return true
  }
}
