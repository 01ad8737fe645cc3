import { GrowableUint32 } from '../bytes/growable.ts'
import { hashBytes } from '../bytes/hash.ts'
import { ShortWordCache, shortWordLength } from '../bytes/short-word-cache.ts'
import { codePointAt, writeUtf8 } from '../bytes/utf8.ts'
import { WordCache } from '../bytes/word-cache.ts'
import type { Model } from '../models/model.ts'
import { type AlignedText, sourceRange, untouchedText } from '../normalizers/normalizer.ts'
import { Pieces } from '../pre-tokenizers/pieces.ts'
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts'
import { ArgumentError } from '../errors.ts'
import { unknownCharacter } from '../unknown-character.ts'
import { Utf16Cursor } from './utf16-cursor.ts'
import { Sink } from './sink.ts'

const cachedLongWords = 1 << 12
const longestCachedWord = 64
const piecesPerBlock = 512
const branches = [
  'aéñ中文字😀😀 ',
  "It's café 中文 😀👍🏽 e\u0301 12345 ½ \r\n\t  x \u00a0\u2003y ... !?",
  'a'.repeat(70),
  '中'.repeat(12),
  'ab'.repeat(7),
]
const keptBytes = 1 << 22
const keptPieces = 1 << 18

/** Pre-tokenizes normalized text and runs the model on each word, remembering words it has seen. */
export class PlainTextEncoder {
  private readonly model: Model
  private readonly preTokenizer: PreTokenizer | undefined
  private readonly shortWords = new ShortWordCache(piecesPerBlock)
  private readonly longWords = new WordCache(cachedLongWords)
  private buffer = new Uint8Array(1 << 14)
  /** A view on the bytes that pieces are of: on `buffer`, unless a pre-tokenizer has rewritten them. */
  private view: DataView = new DataView(this.buffer.buffer)
  private readonly input = new Pieces(this.buffer)
  private output = new Pieces(this.buffer)
  private readonly ends = new GrowableUint32()
  private widths: Int16Array | undefined
  private wordCount = 0

  constructor(model: Model, preTokenizer: PreTokenizer | undefined) {
    this.model = model
    this.preTokenizer = preTokenizer
    this.takeEveryBranch()
  }

  /**
   * Engines compile for what they have seen, and throw compiled code away at the first character it was not made for:
   * in English text that is the first accent. Showing them all kinds of characters first keeps the code.
   */
  private takeEveryBranch(): void {
    const sink = new Sink({ capacity: 1 })
    for (const text of branches) {
      try {
        this.encode(untouchedText(text, 0), true, sink)
      } catch (error) {
        if (!(error instanceof ArgumentError)) throw error
      }
    }
  }

  /** Appends the tokens of a stretch of normalized text without added tokens. */
  encode(text: AlignedText, isTextStart: boolean, sink: Sink): void {
    // Short words are read as 16 bytes, so the buffer goes on behind the text.
    const needed = text.value.length * 3 + shortWordLength
    if (needed > this.buffer.length) this.buffer = new Uint8Array(needed)
    const { buffer, input } = this
    const length = writeUtf8(text.value, buffer)
    const scan = this.preTokenizer?.scan
    input.reset(buffer, isTextStart)
    if (!scan) input.add(0, length)
    const pieces = scan ? input : this.split(input)
    const origin = new Origin(pieces, text, new Utf16Cursor(buffer, text.value.length === length))
    if (scan) {
      for (let at = 0; at < length && !sink.isFull;) {
        pieces.count = 0
        for (; at < length && pieces.count < piecesPerBlock; at = pieces.ends[pieces.count - 1]!)
          pieces.add(at, scan(buffer, at, length))
        this.encodePieces(pieces, origin, sink)
      }
    } else this.encodePieces(pieces, origin, sink)
    if (buffer.length > keptBytes) this.buffer = new Uint8Array(1 << 14)
    input.reset(this.buffer, true)
    if (this.output.starts.length > keptPieces) this.output = new Pieces(this.buffer)
    else this.output.reset(this.buffer, true)
  }

  private split(pieces: Pieces): Pieces {
    if (!this.preTokenizer) return pieces
    const { output } = this
    output.restart(pieces)
    this.preTokenizer.split(pieces, output)
    return output
  }

  private encodePieces(pieces: Pieces, origin: Origin, sink: Sink): void {
    const { bytes, starts, ends, count } = pieces
    if (this.view.buffer !== bytes.buffer) this.view = new DataView(bytes.buffer)
    if (sink.offsets) {
      const from = sink.offsets.length
      for (let i = 0; i < count && !sink.isFull; i++) {
        const index = i % piecesPerBlock
        if (index === 0) this.shortWords.read(this.view, starts, ends, i, Math.min(count, i + piecesPerBlock))
        this.encodeTracked(bytes, starts[i]!, ends[i]!, index, origin, sink)
      }
      origin.toUnits(sink.offsets.data, from, sink.offsets.length)
      return
    }
    for (let i = 0; i < count; i++) {
      const index = i % piecesPerBlock
      if (index === 0) this.shortWords.read(this.view, starts, ends, i, Math.min(count, i + piecesPerBlock))
      const failed = this.appendWord(bytes, starts[i]!, ends[i]!, index, sink.ids)
      if (failed >= 0) throw unknownCharacter(codePointAt(bytes, failed), origin.start(failed))
      if (sink.isFull) return
    }
  }

  /** `index` is which piece of its block it is. */
  private appendWord(bytes: Uint8Array, start: number, end: number, index: number, ids: GrowableUint32): number {
    const length = end - start
    if (bytes[end - 1]! > 0x7f && this.model.encodeCharacters?.(bytes, start, end, ids)) return -1
    if (length > shortWordLength || end + shortWordLength > bytes.length)
      return this.appendLongWord(bytes, start, end, ids)
    if (this.shortWords.appendTo(ids, index, length)) return -1
    const before = ids.length
    const failed = this.model.encodeWord(bytes, start, end, ids, null)
    if (failed < 0) this.shortWords.store(this.view, start, length, ids.data, before, ids.length)
    return failed
  }

  private appendLongWord(bytes: Uint8Array, start: number, end: number, ids: GrowableUint32): number {
    if (end - start > longestCachedWord) return this.model.encodeWord(bytes, start, end, ids, null)
    const hash = hashBytes(bytes, start, end)
    if (this.longWords.appendTo(ids, bytes, start, end, hash)) return -1
    const before = ids.length
    const failed = this.model.encodeWord(bytes, start, end, ids, null)
    if (failed < 0) this.longWords.store(bytes, start, end, hash, ids.data, before, ids.length)
    return failed
  }

  /** As `appendWord`, with offsets in bytes of the piece. */
  private encodeTracked(
    bytes: Uint8Array,
    start: number,
    end: number,
    index: number,
    origin: Origin,
    sink: Sink,
  ): void {
    const { ids } = sink
    const before = ids.length
    const failed = this.appendWord(bytes, start, end, index, ids)
    if (failed >= 0) throw unknownCharacter(codePointAt(bytes, failed), origin.start(failed))
    const word = this.wordCount++
    if (ids.length === before + 1) sink.pushOffsets(start, end, word)
    else if (!this.offsetsFromWidths(before, start, end, sink, word)) {
      ids.length = before
      this.offsetsFromModel(bytes, start, end, sink, word)
    }
  }

  /** Offsets from the widths of the tokens alone; false, with nothing added, if a token has no fixed width. */
  private offsetsFromWidths(first: number, start: number, end: number, sink: Sink, word: number): boolean {
    this.widths ??= Int16Array.from({ length: this.model.vocabulary.size }, (_, id) => this.model.widthOf(id))
    const { widths } = this
    const ids = sink.ids.data
    const last = sink.ids.length
    sink.reserveOffsets(last - first)
    const { data } = sink.offsets!
    let filled = sink.offsets!.length
    let at = start
    for (let i = first; i < last; i++) {
      const width = widths[ids[i]!]!
      if (width < 0) return false
      data[filled++] = at
      data[filled++] = at += width
    }
    if (at !== end) return false
    sink.offsets!.length = filled
    for (let i = first; i < last; i++) sink.words!.push(word)
    return true
  }

  private offsetsFromModel(bytes: Uint8Array, start: number, end: number, sink: Sink, word: number): void {
    const { ends } = this
    ends.length = 0
    this.model.encodeWord(bytes, start, end, sink.ids, ends)
    for (let i = 0, at = start; i < ends.length; i++) {
      const next = ends.data[i]!
      sink.pushOffsets(at, next, word)
      at = next
    }
  }

  /** Starts counting words from 0. */
  restartWords(): void {
    this.wordCount = 0
  }
}

/** Maps byte offsets of the pieces to UTF-16 offsets of the original text. */
class Origin {
  private readonly pieces: Pieces
  private readonly text: AlignedText
  private readonly cursor: Utf16Cursor
  /** ASCII that nothing has changed: bytes are units. */
  private readonly isPlain: boolean

  constructor(pieces: Pieces, text: AlignedText, cursor: Utf16Cursor) {
    this.pieces = pieces
    this.text = text
    this.cursor = cursor
    this.isPlain = cursor.isAscii && !pieces.sourceStarts && !text.starts
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
    if (this.isPlain) return byte + this.text.base
    const { sourceStarts } = this.pieces
    const unit = this.cursor.floor(sourceStarts ? sourceStarts[byte]! : byte)
    return this.text.starts ? sourceRange(this.text, unit, unit + 1)[0] : unit + this.text.base
  }

  end(from: number, to: number): number {
    if (this.isPlain) return to + this.text.base
    const { sourceEnds } = this.pieces
    if (to === from) return this.start(from)
    const unit = this.cursor.ceil(sourceEnds ? sourceEnds[to - 1]! : to)
    return this.text.ends ? sourceRange(this.text, unit - 1, unit)[1] : unit + this.text.base
  }
}
