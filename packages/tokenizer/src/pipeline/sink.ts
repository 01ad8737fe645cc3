import { GrowableUint32 } from '../bytes/growable.ts'

/** What an encoder fills: ids and, when asked for, the UTF-16 range of each in the text. */
export class Sink {
  readonly ids: GrowableUint32
  /** Two numbers a token, start and end; null when nobody asks. */
  readonly offsets: GrowableUint32 | null
  /** Which pre-tokenizer piece each token is of; filled together with `offsets`. */
  readonly words: GrowableUint32 | null
  /** Encoding stops soon after this many ids. */
  readonly limit: number

  constructor(options: { offsets?: boolean; limit?: number; capacity?: number } = {}) {
    this.ids = new GrowableUint32(options.capacity ?? 1024)
    this.offsets = options.offsets ? new GrowableUint32(2048) : null
    this.words = options.offsets ? new GrowableUint32(1024) : null
    this.limit = options.limit ?? Infinity
  }

  /** Starts over, keeping the memory. */
  clear(): void {
    this.ids.length = 0
    if (this.offsets) this.offsets.length = 0
    if (this.words) this.words.length = 0
  }

  /** Adds where a token stands and which word it is of. */
  pushOffsets(start: number, end: number, word: number): void {
    const offsets = this.offsets!
    offsets.reserve(2)
    offsets.data[offsets.length++] = start
    offsets.data[offsets.length++] = end
    this.words!.push(word)
  }

  get isFull(): boolean {
    return this.ids.length > this.limit
  }
}
