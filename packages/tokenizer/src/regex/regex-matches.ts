import { fromUtf8 } from '../bytes/utf8.ts'
import { Utf8Cursor } from '../bytes/utf8-cursor.ts'
import type { MatchFinder } from '../pre-tokenizers/pre-tokenizer.ts'

/** Finds the matches of a global regular expression in UTF-8 text. Empty matches are passed over. */
export function regexMatches(expression: RegExp): MatchFinder {
  return (bytes, start, end, found) => {
    const text = fromUtf8(bytes.subarray(start, end))
    const cursor = new Utf8Cursor(text)
    for (const match of text.matchAll(expression)) {
      if (match[0] === '') continue
      const from = cursor.bytesBefore(match.index)
      found(start + from, start + cursor.bytesBefore(match.index + match[0].length))
    }
  }
}
