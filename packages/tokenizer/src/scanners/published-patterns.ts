import { MARK, NUMBER } from '../unicode/category.ts'
import { cl100kScanner } from './cl100k.ts'
import { scanDeepSeekCjk, scanDeepSeekWords } from './deepseek.ts'
import { scanGpt2 } from './gpt2.ts'
import { metaspaceWordPattern, scanMetaspaceWord } from './metaspace-words.ts'
import { o200kScanner } from './o200k.ts'
import { type Scanner, skipUpTo } from './scanner.ts'

const english = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
const spaces = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+'
const upper = '\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}'
const lower = '\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}'
const cl100kLike = (digits: string) =>
  `${english}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${spaces}`
const o200kLike = (digits: string, suffix: string, tail: string) =>
  `[^\\r\\n\\p{L}\\p{N}]?[${upper}]*[${lower}]+${suffix}|[^\\r\\n\\p{L}\\p{N}]?[${upper}]+[${lower}]*${suffix}|` +
  `${digits}| ?[^\\s\\p{L}\\p{N}]+[${tail}]*|${spaces}`

/** The splitting patterns of published tokenizers, as their files write them. */
export const publishedPatterns = {
  gpt2: "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  cl100k: cl100kLike('\\p{N}{1,3}'),
  o200k: o200kLike('\\p{N}{1,3}', `${english}?`, '\\r\\n/'),
  llama3: cl100kLike('\\p{N}{1,3}'),
  qwen2: cl100kLike('\\p{N}'),
} as const

/** The name of a published pattern, such as 'gpt2'. */
export type PatternName = keyof typeof publishedPatterns

const deepSeekWords = `[!"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_\`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|${spaces}`

/** A hand-written scanner, and whether its pattern matches everywhere. */
export interface KnownScanner {
  readonly scan: Scanner
  readonly leavesNoGaps: boolean
}

const complete = (scan: Scanner): KnownScanner => ({ scan, leavesNoGaps: true })
const partial = (scan: Scanner): KnownScanner => ({ scan, leavesNoGaps: false })
const cl100k = /* @__PURE__ */ complete(cl100kScanner({ digits: 3 }))
const o200k = /* @__PURE__ */ complete(o200kScanner({ digits: 3, suffixes: true, slashes: true }))

/** Hand-written scanners by the exact text of the pattern they match. */
const scanners: ReadonlyMap<string, KnownScanner> = /* @__PURE__ */ new Map<string, KnownScanner>([
  [publishedPatterns.gpt2, complete(scanGpt2)],
  // tiktoken's newer spellings of the same languages, with possessive quantifiers.
  ["'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s", complete(scanGpt2)],
  [publishedPatterns.cl100k, cl100k],
  [
    "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
    complete(cl100kScanner({ digits: 3, wholeEnd: true })),
  ],
  [publishedPatterns.o200k, o200k],
  [publishedPatterns.qwen2, complete(cl100kScanner({ digits: 1 }))],
  [
    `${english}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|${spaces}`,
    complete(cl100kScanner({ digits: 1, wordMarks: MARK })),
  ],
  // Mistral's Tekken: o200k without English suffixes, digits one by one.
  [o200kLike('\\p{N}', '', '\\r\\n/'), complete(o200kScanner({ digits: 1, suffixes: false, slashes: true }))],
  [metaspaceWordPattern, complete(scanMetaspaceWord)],
  // DeepSeek V3 cuts three times.
  ['\\p{N}{1,3}', partial((bytes, at, end) => skipUpTo(bytes, at, end, NUMBER, 3))],
  ['[一-龥\u3040-ゟ゠-ヿ]+', partial(scanDeepSeekCjk)],
  [deepSeekWords, partial(scanDeepSeekWords)],
])

/** All patterns that have a scanner. */
export const knownPatterns: readonly string[] = /* @__PURE__ */ Array.from(scanners.keys())

/** The scanner for a published pattern, or undefined for any other. */
export function findScanner(pattern: string): KnownScanner | undefined {
  return scanners.get(pattern)
}
