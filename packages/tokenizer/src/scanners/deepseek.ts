import { codePointAt, utf8Width } from '../bytes/utf8.ts'
import { LETTER, LINE_END, MARK, PUNCTUATION, SYMBOL } from '../unicode/category.ts'
import { categoryAt, isAt, skipWhile } from './scanner.ts'
import { scanSpacesByLine } from './white-space.ts'

const word = LETTER | MARK
const sign = PUNCTUATION | SYMBOL
const notPrefix = LETTER | LINE_END | sign

/** DeepSeek's pattern for Chinese and Japanese: `[一-龥぀-ゟ゠-ヿ]+`. */
export function scanDeepSeekCjk(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at]! >= 0xe3 && bytes[at]! < 0xf0) {
    const codePoint = codePointAt(bytes, at)
    const isCjk = (codePoint >= 0x4e00 && codePoint <= 0x9fa5) || (codePoint >= 0x3040 && codePoint <= 0x30ff)
    if (!isCjk) break
    at += 3
  }
  return at
}

/**
 * DeepSeek's pattern for words: an ASCII sign with ASCII letters, letters and marks with one character before them,
 * signs, white space. Digits and control characters are left over.
 */
export function scanDeepSeekWords(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at]!
  const category = categoryAt(bytes, at)
  if (lead < 0x80 && (sign >>> category) & 1) {
    const stop = skipAsciiLetters(bytes, at + 1, end)
    if (stop > at + 1) return stop
  }
  if (((notPrefix >>> category) & 1) === 0) {
    const next = at + utf8Width(lead)
    if (isAt(bytes, next, end, word)) return skipWhile(bytes, next, end, word)
  }
  if ((word >>> category) & 1) return skipWhile(bytes, at, end, word)
  const start = lead === 0x20 ? at + 1 : at
  if (isAt(bytes, start, end, sign)) return skipWhile(bytes, skipWhile(bytes, start, end, sign), end, LINE_END)
  return scanSpacesByLine(bytes, at, end)
}

function skipAsciiLetters(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (bytes[at]! | 0x20) >= 0x61 && (bytes[at]! | 0x20) <= 0x7a) at++
  return at
}
