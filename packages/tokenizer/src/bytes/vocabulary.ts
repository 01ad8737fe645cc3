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
  /** Four numbers a slot: hash, id + 1 (0 marks a free slot), start and length of the bytes. */
  private readonly slots: Int32Array
  private readonly mask: number
  /** One bit for each value of the low bits of a hash: small enough for a near cache, it turns most misses away. */
  private readonly filter: Int32Array
  private readonly filterMask: number
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
    this.slots = new Int32Array(slots * 4)
    this.mask = slots - 1
    this.filter = new Int32Array(powerOfTwo(Math.max(1, count / 4)))
    this.filterMask = this.filter.length - 1
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
    this.filter[(hash >>> 5) & this.filterMask]! |= 1 << (hash & 31)
    let slot = hash & this.mask
    while (this.slots[slot * 4 + 1] !== 0) slot = (slot + 1) & this.mask
    this.slots[slot * 4] = hash
    this.slots[slot * 4 + 1] = id + 1
    this.slots[slot * 4 + 2] = this.arena.length
    this.slots[slot * 4 + 3] = bytes.length
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
    if (((this.filter[(hash >>> 5) & this.filterMask]! >>> (hash & 31)) & 1) === 0) return -1
    const { slots, mask } = this
    const length = end - start
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot * 4 + 1]! - 1
      if (id < 0) return -1
      if (
        slots[slot * 4] === hash &&
        slots[slot * 4 + 3] === length &&
        this.equals(slots[slot * 4 + 2]!, bytes, start, end)
      )
        return id
    }
  }

  private equals(from: number, bytes: Uint8Array, start: number, end: number): boolean {
    const arena = this.arena.data
    for (let i = start; i < end; i++) if (arena[from + i - start] !== bytes[i]) return false
    return true
  }
}
