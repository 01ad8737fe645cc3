import { textSpelling, type TokenSpelling } from './byte-alphabet.ts'
import { GrowableBytes } from './growable.ts'
import { emptyHash, hashBytes, hashNext, mixHash, powerOfTwo } from './hash.ts'
import { toUtf8 } from './utf8.ts'

const notLookedUp = -2
const isToken = 1
const goesOn = 2

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
  /**
   * Two bits for each value of the low bits of a hash: whether bytes with it are a token, and whether a token goes on
   * behind them. Small enough for a near cache, they turn most misses away.
   */
  private readonly marks: Int32Array
  private readonly markMask: number
  /** For each id the longest token that its bytes start with and that is shorter, -1 if there is none. */
  private shorter: Int32Array | undefined
  private longestToken = 0
  /** Scratch of `longestPrefix`: ends and hashes of the prefixes that pass the filter. */
  private candidates = new Int32Array(64)
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
    this.marks = new Int32Array(powerOfTwo(Math.max(1, count / 4)))
    this.markMask = this.marks.length - 1
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
    this.mark(hash, isToken)
    this.markPrefixes(bytes)
    this.longestToken = Math.max(this.longestToken, bytes.length)
    if (bytes.length * 2 > this.candidates.length) this.candidates = new Int32Array(bytes.length * 4)
    let slot = hash & this.mask
    while (this.slots[slot * 4 + 1] !== 0) slot = (slot + 1) & this.mask
    this.slots[slot * 4] = hash
    this.slots[slot * 4 + 1] = id + 1
    this.slots[slot * 4 + 2] = this.arena.length
    this.slots[slot * 4 + 3] = bytes.length
    return true
  }

  private mark(hash: number, kind: number): void {
    this.marks[(hash >>> 4) & this.markMask]! |= kind << ((hash & 15) * 2)
  }

  private markPrefixes(bytes: Uint8Array): void {
    let hash = emptyHash
    for (let i = 0; i + 1 < bytes.length; i++) {
      hash = hashNext(hash, bytes[i]!)
      this.mark(mixHash(hash), goesOn)
    }
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

  /** False if no longer token starts with `bytes[start..end)`; true if one may. */
  mayGoOn(bytes: Uint8Array, start: number, end: number): boolean {
    const hash = hashBytes(bytes, start, end)
    return ((this.marks[(hash >>> 4) & this.markMask]! >>> ((hash & 15) * 2)) & goesOn) !== 0
  }

  /** The longest token that `bytes[start..end)` starts with, or -1. */
  longestPrefix(bytes: Uint8Array, start: number, end: number): number {
    const { marks, markMask, candidates } = this
    let count = 0
    let hash = emptyHash
    const last = Math.min(end, start + this.longestToken)
    for (let at = start; at < last;) {
      hash = hashNext(hash, bytes[at++]!)
      const mixed = mixHash(hash)
      const mark = marks[(mixed >>> 4) & markMask]! >>> ((mixed & 15) * 2)
      if ((mark & isToken) !== 0) {
        candidates[count++] = at
        candidates[count++] = mixed
      }
      if ((mark & goesOn) === 0) break
    }
    for (; count > 0; count -= 2) {
      const id = this.findHashed(bytes, start, candidates[count - 2]!, candidates[count - 1]!)
      if (id >= 0) return id
    }
    return -1
  }

  /** The longest token that is shorter than this one and that its bytes start with, or -1. */
  shorterPrefix(id: number): number {
    this.shorter ??= new Int32Array(this.size).fill(notLookedUp)
    const known = this.shorter[id]!
    if (known !== notLookedUp) return known
    const start = this.starts[id]!
    return (this.shorter[id] = this.longestPrefix(this.arena.data, start, start + this.lengths[id]! - 1))
  }

  private findHashed(bytes: Uint8Array, start: number, end: number, hash: number): number {
    if (((this.marks[(hash >>> 4) & this.markMask]! >>> ((hash & 15) * 2)) & isToken) === 0) return -1
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
