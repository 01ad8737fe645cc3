import { utf8Width } from '../bytes/utf8.ts'
import { categoryAt } from '../scanners/scanner.ts'
import { SPACE } from '../unicode/category.ts'
import type { Pieces } from './pieces.ts'
import type { PreTokenizer } from './pre-tokenizer.ts'
import { isPunctuation } from './punctuation.ts'

const [ofWord, ofSpace, ofPunctuation] = [0, 1, 2]

/** BERT's pre-tokenizer: cuts at white space, which is dropped, and makes every punctuation character a piece. */
export function bertPreTokenizer(): PreTokenizer {
  return {
    json: { type: 'BertPreTokenizer' },
    split: (input, output) => {
      for (let i = 0; i < input.count; i++) cut(input.bytes, input.starts[i]!, input.ends[i]!, output)
    },
  }
}

function cut(bytes: Uint8Array, start: number, end: number, output: Pieces): void {
  let from = start
  for (let at = start; at < end;) {
    const lead = bytes[at]!
    const kind = lead < 0x80 ? asciiKinds[lead]! : kindAt(bytes, at)
    const next = lead < 0x80 ? at + 1 : at + utf8Width(lead)
    if (kind !== ofWord) {
      output.add(from, at)
      if (kind === ofPunctuation) output.add(at, next)
      from = next
    }
    at = next
  }
  output.add(from, end)
}

function kindAt(bytes: Uint8Array, at: number): number {
  if ((SPACE >>> categoryAt(bytes, at)) & 1) return ofSpace
  return isPunctuation(bytes, at) ? ofPunctuation : ofWord
}

const asciiKinds = Uint8Array.from({ length: 0x80 }, (_, byte) => kindAt(Uint8Array.of(byte), 0))
