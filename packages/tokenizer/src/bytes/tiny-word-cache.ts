import { GrowableUint32 } from './growable.ts'
import { absent, ShortKeyTable } from './short-key-table.ts'

const mostWords = 1 << 16

/**
 * Remembers the ids of words of at most 8 bytes. The value of a word is its only id, or the complement of where its ids
 * start. When it is full, everything is forgotten, so memory is bounded.
 */
export class TinyWordCache {
  private words = new ShortKeyTable()
  /** For each word of several ids how many, then the ids. */
  private readonly lists = new GrowableUint32(1 << 10)

  /** Appends the ids of `bytes[start..start + length)` to `out` if they are known. */
  appendTo(out: GrowableUint32, bytes: Uint8Array, start: number, length: number): boolean {
    const value = this.words.get(bytes, start, length)
    if (value >= 0) out.push(value)
    else if (value === absent) return false
    else this.appendList(out, ~value)
    return true
  }

  private appendList(out: GrowableUint32, from: number): void {
    const { data } = this.lists
    const count = data[from]!
    out.reserve(count)
    for (let i = 1; i <= count; i++) out.data[out.length++] = data[from + i]!
  }

  /** Remembers `ids[from..to)` for a word that `appendTo` did not find. */
  store(bytes: Uint8Array, start: number, length: number, ids: Uint32Array, from: number, to: number): void {
    if (this.words.count >= mostWords) this.forget()
    const value = to - from === 1 ? ids[from]! : ~this.lists.length
    this.words.add(bytes, start, length, value)
    if (value >= 0) return
    this.lists.push(to - from)
    for (let i = from; i < to; i++) this.lists.push(ids[i]!)
  }

  private forget(): void {
    this.words = new ShortKeyTable()
    this.lists.length = 0
  }
}
