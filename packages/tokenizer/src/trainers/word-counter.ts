import { writeUtf8 } from '../bytes/utf8.ts'
import { ArgumentError } from '../errors.ts'
import { type Normalizer, untouchedText } from '../normalizers/normalizer.ts'
import { Pieces } from '../pre-tokenizers/pieces.ts'
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts'
import { WordCounts } from './word-counts.ts'

/** What bounds the memory of a trainer. */
export interface WordLimit {
  /**
   * Distinct words to remember. Where texts have more, the rarest so far are forgotten until half as many are left, and
   * count from nothing if they come again. Default 2²⁴.
   */
  maxWords?: number
}

/** Cuts texts into words as the finished tokenizer will, and counts them. */
export class WordCounter {
  words = new WordCounts()
  private readonly maxWords: number
  private readonly normalizer: Normalizer | undefined
  private readonly preTokenizer: PreTokenizer | undefined
  private buffer = new Uint8Array(1 << 16)

  constructor(
    normalizer: Normalizer | undefined,
    preTokenizer: PreTokenizer | undefined,
    { maxWords = 2 ** 24 }: WordLimit,
  ) {
    if (!(maxWords >= 1)) throw new ArgumentError(`trainer: maxWords must be at least 1, got ${maxWords}`, 'maxWords')
    this.normalizer = normalizer
    this.preTokenizer = preTokenizer
    this.maxWords = maxWords
  }

  feed(text: string): void {
    const normalized = this.normalizer?.normalize(untouchedText(text, 0)).value ?? text
    if (normalized.length * 3 > this.buffer.length) this.buffer = new Uint8Array(normalized.length * 3)
    const length = writeUtf8(normalized, this.buffer)
    const scan = this.preTokenizer?.scan
    if (scan) this.countScanned(length, scan)
    else this.countSplit(length)
    if (this.words.size > this.maxWords)
      for (let least = 2; this.words.size > this.maxWords / 2; least *= 2) this.words = this.words.countedFrom(least)
  }

  private countScanned(length: number, scan: NonNullable<PreTokenizer['scan']>): void {
    const { buffer, words } = this
    for (let at = 0; at < length;) {
      const stop = scan(buffer, at, length)
      words.add(buffer, at, stop)
      at = stop
    }
  }

  private countSplit(length: number): void {
    let pieces = new Pieces(this.buffer)
    pieces.add(0, length)
    if (this.preTokenizer) {
      const output = new Pieces(this.buffer)
      output.restart(pieces)
      this.preTokenizer.split(pieces, output)
      pieces = output
    }
    for (let i = 0; i < pieces.count; i++) this.words.add(pieces.bytes, pieces.starts[i]!, pieces.ends[i]!)
  }
}
