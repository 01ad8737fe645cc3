import { LETTER, NUMBER, SPACE } from '../unicode/category.ts'
import { scanAsciiWord } from './ascii-word.ts'
import { scanEnglishSuffix } from './english-suffix.ts'
import { isAt, skipWhile } from './scanner.ts'
import { scanSpaces } from './white-space.ts'

const rest = ~(LETTER | NUMBER | SPACE)

/** GPT-2's pattern: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`. */
export function scanGpt2(bytes: Uint8Array, at: number, end: number): number {
  const plain = scanAsciiWord(bytes, at, end)
  if (plain > at) return plain
  const suffix = scanEnglishSuffix(bytes, at, end)
  if (suffix > at) return suffix
  const start = bytes[at] === 0x20 ? at + 1 : at
  if (isAt(bytes, start, end, LETTER)) return skipWhile(bytes, start, end, LETTER)
  if (isAt(bytes, start, end, NUMBER)) return skipWhile(bytes, start, end, NUMBER)
  if (isAt(bytes, start, end, rest)) return skipWhile(bytes, start, end, rest)
  return scanSpaces(bytes, at, end)
}
