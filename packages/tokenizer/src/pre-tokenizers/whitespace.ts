import { utf8Width } from '../bytes/utf8.ts'
import { isAt, skipWhile } from '../scanners/scanner.ts'
import { isWordCharacter } from '../scanners/word-character.ts'
import { SPACE } from '../unicode/category.ts'
import type { Pieces } from './pieces.ts'
import type { PreTokenizer } from './pre-tokenizer.ts'

/** Cuts into runs of word characters and runs of other characters, without white space: `\w+|[^\w\s]+`. */
export function whitespace(): PreTokenizer {
  return {
    json: { type: 'Whitespace' },
    split: (input, output) =>
      forEachSolid(input, (start, end) => {
        for (let at = start; at < end;) {
          const from = at
          const isWord = isWordCharacter(input.bytes, at)
          do at += utf8Width(input.bytes[at]!)
          while (at < end && isWordCharacter(input.bytes, at) === isWord)
          output.add(from, at)
        }
      }),
  }
}

/** Cuts at white space, which is dropped. */
export function whitespaceSplit(): PreTokenizer {
  return {
    json: { type: 'WhitespaceSplit' },
    split: (input, output) => forEachSolid(input, (start, end) => output.add(start, end)),
  }
}

/** Calls `found` for every stretch without white space. */
function forEachSolid(input: Pieces, found: (start: number, end: number) => void): void {
  const { bytes } = input
  for (let i = 0; i < input.count; i++) {
    const end = input.ends[i]!
    for (let at = skipWhile(bytes, input.starts[i]!, end, SPACE); at < end;) {
      const stop = skipWhile(bytes, at, end, ~SPACE)
      found(at, stop)
      at = isAt(bytes, stop, end, SPACE) ? skipWhile(bytes, stop, end, SPACE) : stop
    }
  }
}
