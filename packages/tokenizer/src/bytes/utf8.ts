const encoder = new TextEncoder()

/** UTF-8 bytes of `text`; a lone surrogate becomes U+FFFD, as everywhere on the web. */
export function toUtf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Writes the UTF-8 bytes of `text` into `target`, which must hold `3 * text.length` bytes; returns their number. */
export function writeUtf8(text: string, target: Uint8Array): number {
  return encoder.encodeInto(text, target).written
}

/** Every lone surrogate becomes U+FFFD, as `toUtf8` would have it. */
export function replaceLoneSurrogates(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The text of UTF-8 bytes; every invalid sequence becomes U+FFFD, and U+FEFF is kept. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** How many bytes the character takes that starts with this byte. */
export function utf8Width(lead: number): number {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
}

/** The code point of the valid UTF-8 sequence at `at`. */
export function codePointAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!
  if (lead < 0x80) return lead
  const second = bytes[at + 1]! & 0x3f
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second
  const third = bytes[at + 2]! & 0x3f
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (second << 6) | third
  return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (bytes[at + 3]! & 0x3f)
}

/** Offset of the first invalid sequence in `bytes`, or -1 when all of it is valid UTF-8 (Unicode 17, table 3-7). */
export function firstInvalidUtf8(bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) {
    const width = validWidth(bytes, at)
    if (width === 0) return at
    at += width
  }
  return -1
}

function validWidth(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  const width = utf8Width(lead)
  const second = bytes[at + 1] ?? 0
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  for (let i = 2; i < width; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0
  return width
}
