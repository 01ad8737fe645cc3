/** A text as UTF-8 bytes, cut into pieces `[starts[i], ends[i])`. */
export class Pieces {
  bytes: Uint8Array
  starts = new Int32Array(64)
  ends = new Int32Array(64)
  count = 0
  /** Whether the first piece is at the very start of the text, not behind an added token. */
  isTextStart = true
  /**
   * Where byte i comes from in the text before a pre-tokenizer changed bytes: `[sourceStarts[i], sourceEnds[i])`;
   * null when none did.
   */
  sourceStarts: Int32Array | null = null
  sourceEnds: Int32Array | null = null

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** Starts over with no pieces, on the bytes of a new text. */
  reset(bytes: Uint8Array, isTextStart: boolean): void {
    this.bytes = bytes
    this.count = 0
    this.isTextStart = isTextStart
    this.sourceStarts = null
    this.sourceEnds = null
  }

  /** Starts over with no pieces, on the same bytes as `other`. */
  restart(other: Pieces): void {
    this.bytes = other.bytes
    this.count = 0
    this.isTextStart = other.isTextStart
    this.sourceStarts = other.sourceStarts
    this.sourceEnds = other.sourceEnds
  }

  /** Adds a piece; empty ones are dropped. */
  add(start: number, end: number): void {
    if (start >= end) return
    if (this.count === this.starts.length) this.grow()
    this.starts[this.count] = start
    this.ends[this.count++] = end
  }

  private grow(): void {
    const starts = new Int32Array(this.count * 2)
    const ends = new Int32Array(this.count * 2)
    starts.set(this.starts)
    ends.set(this.ends)
    this.starts = starts
    this.ends = ends
  }
}
