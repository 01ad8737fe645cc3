import { codePointAt, utf8Width } from '../bytes/utf8.ts'
import { asciiCategory, categoryBlocks, categoryIndex } from '../unicode/category.ts'

/**
 * Where the match of a pattern ends that starts at `at` in UTF-8 `bytes`, or `at` when there is none. `end` is the end
 * of the text: nothing beyond it is looked at.
 */
export type Scanner = (bytes: Uint8Array, at: number, end: number) => number

/** Category number of the character at `at`, which must be inside the text. */
export function categoryAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!
  if (lead < 0x80) return asciiCategory[lead]!
  const codePoint = codePointAt(bytes, at)
  return categoryBlocks[(categoryIndex[codePoint >> 7]! << 7) | (codePoint & 127)]!
}

/** Whether the character at `at` exists and is in the category set `mask`. */
export function isAt(bytes: Uint8Array, at: number, end: number, mask: number): boolean {
  return at < end && ((mask >>> categoryAt(bytes, at)) & 1) === 1
}

/** Passes over all characters that are in the category set `mask`. */
export function skipWhile(bytes: Uint8Array, at: number, end: number, mask: number): number {
  while (at < end) {
    const lead = bytes[at]!
    if (lead < 0x80) {
      if (((mask >>> asciiCategory[lead]!) & 1) === 0) return at
      at++
    } else {
      if (((mask >>> categoryAt(bytes, at)) & 1) === 0) return at
      at += utf8Width(lead)
    }
  }
  return at
}

/** Passes over at most `most` characters of the category set `mask`. */
export function skipUpTo(bytes: Uint8Array, at: number, end: number, mask: number, most: number): number {
  for (let i = 0; i < most && isAt(bytes, at, end, mask); i++) at += utf8Width(bytes[at]!)
  return at
}

/** Start of the character that ends at `at`. */
export function previousStart(bytes: Uint8Array, at: number): number {
  do at--
  while ((bytes[at]! & 0xc0) === 0x80)
  return at
}
