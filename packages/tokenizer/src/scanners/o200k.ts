import { utf8Width } from '../bytes/utf8.ts'
import { CASELESS, LETTER, LINE_END, LOWER, MARK, NUMBER, SPACE, UPPER } from '../unicode/category.ts'
import { scanAsciiLowerWord } from './ascii-word.ts'
import { scanEnglishSuffixAnyCase } from './english-suffix.ts'
import { categoryAt, isAt, previousStart, type Scanner, skipUpTo, skipWhile } from './scanner.ts'
import { scanSpacesByLine } from './white-space.ts'

const upper = UPPER | CASELESS | MARK
const lower = LOWER | CASELESS | MARK
const either = CASELESS | MARK
const notPrefix = LETTER | NUMBER | LINE_END
const rest = ~(SPACE | LETTER | NUMBER)

/**
 * o200k's pattern: as cl100k's, but a word is `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+` or
 * `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*`, with the English suffix joined to it, and slashes may
 * follow punctuation.
 */
export function o200kScanner(options: { digits: number; suffixes: boolean; slashes: boolean }): Scanner {
  const { digits, suffixes, slashes } = options
  return (bytes, at, end) => {
    const plain = scanAsciiLowerWord(bytes, at, end)
    if (plain > at) return plain
    const word = scanWord(bytes, at, end)
    if (word > at) return suffixes ? scanEnglishSuffixAnyCase(bytes, word, end) : word
    if (isAt(bytes, at, end, NUMBER)) return skipUpTo(bytes, at, end, NUMBER, digits)
    const start = bytes[at] === 0x20 ? at + 1 : at
    if (isAt(bytes, start, end, rest)) {
      const stop = skipWhile(bytes, start, end, rest)
      return slashes ? skipLineEndsAndSlashes(bytes, stop, end) : skipWhile(bytes, stop, end, LINE_END)
    }
    return scanSpacesByLine(bytes, at, end)
  }
}

/** The four ways of a word in the order in which the pattern tries them; `at` when none matches. */
function scanWord(bytes: Uint8Array, at: number, end: number): number {
  const category = categoryAt(bytes, at)
  const next = ((notPrefix >>> category) & 1) === 0 ? at + utf8Width(bytes[at]!) : at
  let stop = endsLower(bytes, next, end)
  if (stop === next && next > at) {
    stop = endsLower(bytes, at, end)
    if (stop > at) return stop
    stop = next
  }
  if (stop > next) return stop
  // No word that ends in lower case: only upper and title case letters are left.
  stop = skipWhile(bytes, next, end, upper)
  if (stop > next) return stop
  return skipWhile(bytes, at, end, upper)
}

/**
 * `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+`. When no lower-case letter follows the first run, the
 * expression steps back to the run's last character that is in both classes, and ends there.
 */
function endsLower(bytes: Uint8Array, at: number, end: number): number {
  const run = skipWhile(bytes, at, end, upper)
  if (isAt(bytes, run, end, lower)) return skipWhile(bytes, run, end, lower)
  for (let stop = run; stop > at;) {
    const start = previousStart(bytes, stop)
    if (isAt(bytes, start, stop, either)) return stop
    stop = start
  }
  return at
}

function skipLineEndsAndSlashes(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x2f)) at++
  return at
}
