import { MARK } from '../unicode/category.ts'
import { cl100kScanner } from './cl100k.ts'
import { scanGpt2 } from './gpt2.ts'
import { o200kScanner } from './o200k.ts'
import type { Scanner } from './scanner.ts'

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

export type PatternName = keyof typeof publishedPatterns

const cl100k = /* @__PURE__ */ cl100kScanner({ digits: 3 })
const o200k = /* @__PURE__ */ o200kScanner({ digits: 3, suffixes: true, slashes: true })

/** Hand-written scanners by the exact text of the pattern they match. */
const scanners: ReadonlyMap<string, Scanner> = /* @__PURE__ */ new Map<string, Scanner>([
  [publishedPatterns.gpt2, scanGpt2],
  // tiktoken's newer spelling of the same language, with possessive quantifiers.
  ["'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s", scanGpt2],
  [publishedPatterns.cl100k, cl100k],
  [
    "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
    cl100k,
  ],
  [publishedPatterns.o200k, o200k],
  [publishedPatterns.qwen2, cl100kScanner({ digits: 1 })],
  [
    `${english}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|${spaces}`,
    cl100kScanner({ digits: 1, wordMarks: MARK }),
  ],
  // Mistral's Tekken: o200k without English suffixes, digits one by one.
  [o200kLike('\\p{N}', '', '\\r\\n/'), o200kScanner({ digits: 1, suffixes: false, slashes: true })],
])

/** The scanner for a published pattern, or undefined for any other. */
export function findScanner(pattern: string): Scanner | undefined {
  return scanners.get(pattern)
}
