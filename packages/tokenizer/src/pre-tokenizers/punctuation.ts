import { utf8Width } from '../bytes/utf8.ts'
import { categoryAt, type Scanner } from '../scanners/scanner.ts'
import { PUNCTUATION, SYMBOL } from '../unicode/category.ts'
import { type PreTokenizer, scanMatches, type SplitBehavior, splitBy } from './pre-tokenizer.ts'

/** Unicode punctuation and all ASCII characters that are neither letters, digits nor control, as BERT has it. */
export function isPunctuation(bytes: Uint8Array, at: number): boolean {
  const mask = bytes[at]! < 0x80 ? PUNCTUATION | SYMBOL : PUNCTUATION
  return ((mask >>> categoryAt(bytes, at)) & 1) === 1
}

const scanPunctuation: Scanner = (bytes, at) => (isPunctuation(bytes, at) ? at + utf8Width(bytes[at]!) : at)

/** Cuts at punctuation characters. */
export function punctuation(options: { behavior?: SplitBehavior } = {}): PreTokenizer {
  const { behavior = 'Isolated' } = options
  return { json: { type: 'Punctuation', behavior }, split: splitBy(scanMatches(scanPunctuation), behavior) }
}
