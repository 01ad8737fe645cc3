import { writeUtf8 } from '../bytes/utf8.ts'
import { type Normalizer, untouchedText } from '../normalizers/normalizer.ts'
import { Pieces } from '../pre-tokenizers/pieces.ts'
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts'
import { WordCounts } from './word-counts.ts'

/** Cuts texts into words as the finished tokenizer will, and counts them. */
export class WordCounter {
  readonly words = new WordCounts()
  private readonly normalizer: Normalizer | undefined
  private readonly preTokenizer: PreTokenizer | undefined
  private buffer = new Uint8Array(1 << 16)

  constructor(normalizer: Normalizer | undefined, preTokenizer: PreTokenizer | undefined) {
    this.normalizer = normalizer
    this.preTokenizer = preTokenizer
  }

  feed(text: string): void {
    const normalized = this.normalizer?.normalize(untouchedText(text, 0)).value ?? text
    if (normalized.length * 3 > this.buffer.length) this.buffer = new Uint8Array(normalized.length * 3)
    const length = writeUtf8(normalized, this.buffer)
    const scan = this.preTokenizer?.scan
    if (scan) this.countScanned(length, scan)
    else this.countSplit(length)
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
