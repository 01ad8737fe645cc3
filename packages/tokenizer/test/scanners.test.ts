import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../src/bytes/utf8.ts'
import { regexMatches } from '../src/regex/regex-matches.ts'
import { translateRegex } from '../src/regex/translate-regex.ts'
import { scanMatches } from '../src/pre-tokenizers/pre-tokenizer.ts'
import { findScanner, knownPatterns } from '../src/scanners/published-patterns.ts'

/** Pieces of text in which the patterns' cases meet: suffixes, numbers, marks, all kinds of white space and scripts. */
const fragmentList = [
  "'s",
  "'T",
  "'re",
  "'LL",
  "'ſ",
  "'",
  'word',
  'Word',
  'WORD',
  'ǅ',
  'ʰ',
  'ñ',
  '中文',
  '一',
  '龥',
  'かな',
  'カナ',
  '한글',
  '1',
  '12345',
  '½',
  'Ⅷ',
  '٣',
  ' ',
  '  ',
  '\t',
  '\n',
  '\r\n',
  '\u00a0',
  '\u0085',
  '\u2028',
  '\u3000',
  '\ufeff',
  '\u200b',
  '.',
  '...',
  '/',
  '//',
  '-',
  '"',
  '`',
  '\\',
  '^',
  '$',
  '+',
  '=',
  '~',
  '|',
  '😀',
  '👍🏽',
  '\u0301',
  '\u0308',
  '\u20dd',
  '\0',
  '\u009f',
  '\u{1d7d8}',
  '\u{20000}',
  '▁',
  '▁▁',
  '_',
  'ﬁ',
  'İ',
  'ß',
  'अ',
  'ि',
  '\u200d',
  '\ue000',
  '\u{10ffff}',
]
const fragments = fc.constantFrom(...fragmentList)
const text = fc.oneof(
  { weight: 5, arbitrary: fc.array(fragments, { maxLength: 30 }).map(parts => parts.join('')) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 60 }).map(value => value.replace(/\p{Surrogate}/gu, '')),
  },
)

function boundaries(find: ReturnType<typeof scanMatches>, value: string): number[][] {
  const bytes = toUtf8(value)
  const found: number[][] = []
  find(bytes, 0, bytes.length, (start, end) => found.push([start, end]))
  return found
}

describe.each(knownPatterns)('the scanner for %s', pattern => {
  const { scan, leavesNoGaps } = findScanner(pattern)!
  const expression = regexMatches(translateRegex(pattern, 'rust'))

  it('matches what the regular expression matches', () => {
    fc.assert(
      fc.property(text, value => {
        expect(boundaries(scanMatches(scan), value)).toEqual(boundaries(expression, value))
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 1000) },
    )
  })

  it('says rightly whether it leaves gaps', () => {
    fc.assert(
      fc.property(text, value => {
        const covered = boundaries(scanMatches(scan), value).reduce((sum, [start, end]) => sum + end! - start!, 0)
        expect(!leavesNoGaps || covered === toUtf8(value).length).toBe(true)
      }),
    )
  })
})
