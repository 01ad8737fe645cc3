import { type AlignedText, sourceRange } from '../normalizers/normalizer.ts'
import type { Pieces } from '../pre-tokenizers/pieces.ts'
import { Utf16Cursor } from './utf16-cursor.ts'

/** Maps byte offsets of the pieces to UTF-16 offsets of the original text. */
export class Origin {
  private readonly pieces: Pieces
  private readonly text: AlignedText
  private readonly cursor: Utf16Cursor

  /** `cursor` is on the normalized text, before a pre-tokenizer changed its bytes. */
  constructor(pieces: Pieces, text: AlignedText, cursor: Utf16Cursor) {
    this.pieces = pieces
    this.text = text
    this.cursor = cursor
  }

  /** Turns byte offsets `data[from..to)`, two numbers a token, into UTF-16 offsets of the original text in place. */
  toUnits(data: Uint32Array, from: number, to: number): void {
    const { text, pieces, cursor } = this
    if (!pieces.sourceStarts && !text.starts) return cursor.convertRanges(data, from, to, text.base)
    for (let i = from; i < to; i += 2) {
      const start = data[i]!
      data[i] = this.start(start)
      data[i + 1] = this.end(start, data[i + 1]!)
    }
  }

  start(byte: number): number {
    const { sourceStarts } = this.pieces
    const unit = this.cursor.floor(sourceStarts ? sourceStarts[byte]! : byte)
    return this.text.starts ? sourceRange(this.text, unit, unit + 1)[0] : unit + this.text.base
  }

  end(from: number, to: number): number {
    const { sourceEnds } = this.pieces
    if (to === from) return this.start(from)
    const unit = this.cursor.ceil(sourceEnds ? sourceEnds[to - 1]! : to)
    return this.text.ends ? sourceRange(this.text, unit - 1, unit)[1] : unit + this.text.base
  }
}
