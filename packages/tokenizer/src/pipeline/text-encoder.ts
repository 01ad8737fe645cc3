import type { GrowableUint32 } from '../bytes/growable.ts'
import { hashBytes } from '../bytes/hash.ts'
import { ShortWordCache, shortWordLength } from '../bytes/short-word-cache.ts'
import { codePointAt, writeUtf8 } from '../bytes/utf8.ts'
import { WordCache } from '../bytes/word-cache.ts'
import type { Model } from '../models/model.ts'
import { type AlignedText, untouchedText } from '../normalizers/normalizer.ts'
import { Pieces } from '../pre-tokenizers/pieces.ts'
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts'
import { ArgumentError } from '../errors.ts'
import { unknownCharacter } from '../unknown-character.ts'
import { Origin } from './origin.ts'
import { Sink } from './sink.ts'
import { TokenOffsets } from './token-offsets.ts'
import { Utf16Cursor } from './utf16-cursor.ts'

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
  /** For each word of a block the number of ids up to its end. */
  private readonly idEnds = new Uint32Array(piecesPerBlock)
  private readonly offsets: TokenOffsets

  constructor(model: Model, preTokenizer: PreTokenizer | undefined) {
    this.model = model
    this.preTokenizer = preTokenizer
    this.offsets = new TokenOffsets(model)
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
    const origin = new Origin(pieces, text, new Utf16Cursor(buffer, length, text.value.length === length))
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
    if (this.view.buffer !== pieces.bytes.buffer) this.view = new DataView(pieces.bytes.buffer)
    for (let from = 0; from < pieces.count && !sink.isFull; from += piecesPerBlock)
      this.encodeBlock(pieces, from, Math.min(pieces.count, from + piecesPerBlock), origin, sink)
  }

  private encodeBlock(pieces: Pieces, from: number, to: number, origin: Origin, sink: Sink): void {
    const { bytes, starts, ends } = pieces
    const { ids } = sink
    this.shortWords.read(this.view, starts, ends, from, to)
    let done = from
    for (; done < to && !sink.isFull; done++) {
      const failed = this.appendWord(bytes, starts[done]!, ends[done]!, done - from, ids)
      if (failed >= 0) throw unknownCharacter(codePointAt(bytes, failed), origin.start(failed))
      this.idEnds[done - from] = ids.length
    }
    if (!sink.offsets) return
    const known = sink.offsets.length
    this.offsets.append(pieces, from, done, this.idEnds, sink)
    origin.toUnits(sink.offsets.data, known, sink.offsets.length)
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

  /** Starts counting words from 0. */
  restartWords(): void {
    this.offsets.restartWords()
  }
}
