import { FormatError } from '../errors.ts'
import { findScanner } from '../scanners/published-patterns.ts'
import type { Scanner } from '../scanners/scanner.ts'
import { type PreTokenizer, scanMatches, type SplitBehavior, splitBy } from './pre-tokenizer.ts'

export interface SplitOptions {
  /** A literal string or a regular expression in the syntax of Hugging Face files. */
  pattern: { String: string } | { Regex: string }
  behavior?: SplitBehavior
  /** Treat what does not match as the matches. */
  invert?: boolean
}

/** Cuts by a pattern. Published patterns have hand-written scanners. Source: Hugging Face's `Split`. */
export function splitPreTokenizer(options: SplitOptions): PreTokenizer {
  const { pattern, behavior = 'Isolated', invert = false } = options
  const json = { type: 'Split', pattern, behavior, invert }
  const scan = 'Regex' in pattern ? publishedScanner(pattern.Regex) : literalScanner(pattern.String)
  const split = splitBy(scanMatches(scan), behavior, invert)
  // Published patterns match everywhere, so isolating the matches or removing the gaps is one scan.
  const isScan = 'Regex' in pattern && (behavior === 'Isolated' || (behavior === 'Removed' && invert))
  return isScan ? { json, split, scan } : { json, split }
}

function publishedScanner(pattern: string): Scanner {
  const scan = findScanner(pattern)
  if (!scan) throw new FormatError(`unknown splitting pattern ${pattern}`, 'tokenizer.json', 'pre_tokenizer')
  return scan
}

function literalScanner(text: string): Scanner {
  const literal = new TextEncoder().encode(text)
  return (bytes, at, end) => {
    if (at + literal.length > end) return at
    for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return at
    return at + literal.length
  }
}
