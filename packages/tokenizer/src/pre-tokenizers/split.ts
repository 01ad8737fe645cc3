import { toUtf8 } from '../bytes/utf8.ts'
import { regexMatches } from '../regex/regex-matches.ts'
import { type RegexDialect, translateRegex } from '../regex/translate-regex.ts'
import { findScanner } from '../scanners/published-patterns.ts'
import type { Scanner } from '../scanners/scanner.ts'
import { type PreTokenizer, scanMatches, type SplitBehavior, splitBy } from './pre-tokenizer.ts'

export interface SplitOptions {
  /** A literal string or a regular expression. */
  pattern: { String: string } | { Regex: string }
  behavior?: SplitBehavior
  /** Treat what does not match as the matches. */
  invert?: boolean
  /** Whose syntax the expression is in; Hugging Face's files are for Oniguruma. */
  dialect?: RegexDialect
}

/**
 * Cuts by a pattern. Published patterns have hand-written scanners, all others are translated to JavaScript's regular
 * expressions. Source: Hugging Face's `Split`.
 */
export function splitPreTokenizer(options: SplitOptions): PreTokenizer {
  const { pattern, behavior = 'Isolated', invert = false, dialect = 'oniguruma' } = options
  const json = { type: 'Split', pattern, behavior, invert }
  if ('String' in pattern)
    return { json, split: splitBy(scanMatches(literalScanner(pattern.String)), behavior, invert) }
  const known = findScanner(pattern.Regex)
  if (!known) return { json, split: splitBy(regexMatches(translateRegex(pattern.Regex, dialect)), behavior, invert) }
  const split = splitBy(scanMatches(known.scan), behavior, invert)
  // Where a pattern matches everywhere, isolating the matches or removing the gaps is one scan.
  const isScan = known.leavesNoGaps && (behavior === 'Isolated' || (behavior === 'Removed' && invert))
  return isScan ? { json, split, scan: known.scan } : { json, split }
}

function literalScanner(text: string): Scanner {
  const literal = toUtf8(text)
  return (bytes, at, end) => {
    if (literal.length === 0 || at + literal.length > end) return at
    for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return at
    return at + literal.length
  }
}
