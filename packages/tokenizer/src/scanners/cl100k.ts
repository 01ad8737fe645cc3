import { utf8Width } from '../bytes/utf8.ts'
import { LETTER, LINE_END, NUMBER, SPACE } from '../unicode/category.ts'
import { scanAsciiWord } from './ascii-word.ts'
import { scanEnglishSuffixAnyCase } from './english-suffix.ts'
import { categoryAt, isAt, type Scanner, skipUpTo, skipWhile } from './scanner.ts'
import { scanSpacesByLine } from './white-space.ts'

/**
 * The pattern of cl100k, Llama 3 (three digits) and Qwen (one digit; Qwen 3.5 also takes marks into words):
 * `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
 */
export function cl100kScanner(options: {
  digits: number
  /** Categories that count as letters, too. */
  wordMarks?: number
  /** Take white space at the end of the text whole, as tiktoken's newer spelling of the pattern does: `\s++$` first. */
  wholeEnd?: boolean
}): Scanner {
  const { digits, wordMarks = 0, wholeEnd = false } = options
  const word = LETTER | wordMarks
  const notPrefix = LETTER | NUMBER | LINE_END
  const rest = ~(SPACE | NUMBER | word)
  return (bytes, at, end) => {
    const plain = scanAsciiWord(bytes, at, end)
    if (plain > at) return plain
    const suffix = scanEnglishSuffixAnyCase(bytes, at, end)
    if (suffix > at) return suffix
    const category = categoryAt(bytes, at)
    if (((notPrefix >>> category) & 1) === 0) {
      const next = at + utf8Width(bytes[at]!)
      if (isAt(bytes, next, end, word)) return skipWhile(bytes, next, end, word)
    }
    if (((word >>> category) & 1) === 1) return skipWhile(bytes, at, end, word)
    if (((NUMBER >>> category) & 1) === 1) return skipUpTo(bytes, at, end, NUMBER, digits)
    const start = bytes[at] === 0x20 ? at + 1 : at
    if (isAt(bytes, start, end, rest)) return skipWhile(bytes, skipWhile(bytes, start, end, rest), end, LINE_END)
    if (wholeEnd && skipWhile(bytes, at, end, SPACE) === end) return end
    return scanSpacesByLine(bytes, at, end)
  }
}
