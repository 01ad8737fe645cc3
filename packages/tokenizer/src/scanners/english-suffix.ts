const apostrophe = 0x27

/** Matches `'s|'t|'re|'ve|'m|'ll|'d` in lower case, as GPT-2 has it. */
export function scanEnglishSuffix(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end || bytes[at] !== apostrophe) return at
  return at + suffixLength(bytes[at + 1]!, at + 2 < end ? bytes[at + 2]! : 0)
}

/** Matches `(?i:'s|'t|'re|'ve|'m|'ll|'d)`; of all other characters only `ſ` (U+017F) folds to one of these letters. */
export function scanEnglishSuffixAnyCase(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end || bytes[at] !== apostrophe) return at
  const first = bytes[at + 1]!
  const second = at + 2 < end ? bytes[at + 2]! : 0
  if (first === 0xc5 && second === 0xbf) return at + 3
  return at + suffixLength(lowerAscii(first), lowerAscii(second))
}

function lowerAscii(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
}

/** Length of the suffix with its apostrophe, 0 if the two letters after the apostrophe are none. */
function suffixLength(first: number, second: number): number {
  switch (first) {
    case 0x73: // s
    case 0x74: // t
    case 0x6d: // m
    case 0x64: // d
      return 2
    case 0x72: // re
    case 0x76: // ve
      return second === 0x65 ? 3 : 0
    case 0x6c: // ll
      return second === 0x6c ? 3 : 0
    default:
      return 0
  }
}
