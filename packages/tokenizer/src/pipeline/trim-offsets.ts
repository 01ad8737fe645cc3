import type { Vocabulary } from '../bytes/vocabulary.ts'

/**
 * Leaves the spaces at the edges of byte-level tokens out of their offsets; changes `offsets` in place. A space that
 * the pre-tokenizer added has no place in the text. Source: `process_offsets` of Hugging Face's `ByteLevel`.
 */
export function trimOffsets(
  ids: Uint32Array,
  offsets: Uint32Array,
  vocabulary: Vocabulary,
  addPrefixSpace: boolean,
): void {
  for (let i = 0; i < ids.length; i++) {
    if (!vocabulary.has(ids[i]!)) continue
    const bytes = vocabulary.bytesOf(ids[i]!)
    let leading = 0
    while (leading < bytes.length && bytes[leading] === 0x20) leading++
    let trailing = 0
    while (trailing < bytes.length && bytes[bytes.length - 1 - trailing] === 0x20) trailing++
    const start = offsets[i * 2]!
    const end = offsets[i * 2 + 1]!
    if ((i === 0 || start === 0) && addPrefixSpace) leading = 0
    const trimmed = Math.min(start + leading, end)
    offsets[i * 2] = trimmed
    offsets[i * 2 + 1] = Math.max(end - trailing, trimmed)
  }
}
