import { utf8Width } from '../bytes/utf8.ts'
import { categoryAt, type Scanner } from '../scanners/scanner.ts'
import { PUNCTUATION, SYMBOL } from '../unicode/category.ts'
import { type PreTokenizer, scanMatches, type SplitBehavior, splitBy } from './pre-tokenizer.ts'
import { forEachSolid } from './whitespace.ts'

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

/** BERT's pre-tokenizer: cuts at white space, which is dropped, and makes every punctuation character a piece. */
export function bertPreTokenizer(): PreTokenizer {
  return {
    json: { type: 'BertPreTokenizer' },
    split: (input, output) => {
      const { bytes } = input
      forEachSolid(input, (start, end) => {
        let from = start
        for (let at = start; at < end;) {
          const next = at + utf8Width(bytes[at]!)
          if (isPunctuation(bytes, at)) {
            output.add(from, at)
            output.add(at, next)
            from = next
          }
          at = next
        }
        output.add(from, end)
      })
    },
  }
}
