const space = 0x20
const apostrophe = 0x27

const outside = (first: string, last: string, otherFirst = first, otherLast = last) =>
  Uint8Array.from({ length: 256 }, (_, byte) => {
    const isIn = (from: string, to: string) => byte >= from.charCodeAt(0) && byte <= to.charCodeAt(0)
    return isIn(first, last) || isIn(otherFirst, otherLast) ? 0 : 1
  })
const notLetter = /* @__PURE__ */ outside('a', 'z', 'A', 'Z')
const notLower = /* @__PURE__ */ outside('a', 'z')

/** Matches ` ?[A-Za-z]+` where no other alphabet goes on: the most frequent word by far. `at` if there is none. */
export function scanAsciiWord(bytes: Uint8Array, at: number, end: number): number {
  const start = bytes[at] === space ? at + 1 : at
  const stop = skipAscii(bytes, start, end, notLetter)
  return stop > start && (stop === end || bytes[stop]! < 0x80) ? stop : at
}

/** Matches ` ?[A-Z]?[a-z]+` where neither another alphabet nor an apostrophe follows. */
export function scanAsciiLowerWord(bytes: Uint8Array, at: number, end: number): number {
  const start = bytes[at] === space ? at + 1 : at
  const lead = start < end ? bytes[start]! : 0
  const rest = lead >= 0x41 && lead <= 0x5a ? start + 1 : start
  const stop = skipAscii(bytes, rest, end, notLower)
  return stop > rest && (stop === end || (bytes[stop]! < 0x80 && bytes[stop] !== apostrophe)) ? stop : at
}

/** Passes over bytes whose entry in `stops` is 0, eight at a time: where a word ends cannot be predicted. */
function skipAscii(bytes: Uint8Array, at: number, end: number, stops: Uint8Array): number {
  for (; at + 8 <= end; at += 8) {
    const found =
      stops[bytes[at]!]! |
      (stops[bytes[at + 1]!]! << 1) |
      (stops[bytes[at + 2]!]! << 2) |
      (stops[bytes[at + 3]!]! << 3) |
      (stops[bytes[at + 4]!]! << 4) |
      (stops[bytes[at + 5]!]! << 5) |
      (stops[bytes[at + 6]!]! << 6) |
      (stops[bytes[at + 7]!]! << 7)
    if (found !== 0) return at + 31 - Math.clz32(found & -found)
  }
  while (at < end && stops[bytes[at]!] === 0) at++
  return at
}
