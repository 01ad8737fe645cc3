import { Utf8Cursor } from '../bytes/utf8-cursor.ts'

/**
 * UTF-16 offsets of a text, as encodings have them, as UTF-8 byte offsets.
 *
 * @example
 * toByteOffsets('é!', Uint32Array.of(0, 1, 1, 2)) // Uint32Array [0, 2, 2, 3]
 */
export function toByteOffsets(text: string, offsets: Uint32Array): Uint32Array {
  const cursor = new Utf8Cursor(text)
  return offsets.map(offset => cursor.bytesBefore(Math.min(offset, text.length)))
}
