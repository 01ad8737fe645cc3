import type { Vocabulary } from '../bytes/vocabulary.ts'

/** Ids of `<0x00>` … `<0xFF>`; undefined unless the vocabulary has all of them. */
export function byteFallbackIds(vocabulary: Vocabulary): Int32Array | undefined {
  const ids = Int32Array.from({ length: 256 }, (_, byte) =>
    vocabulary.idOf(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
  )
  return ids.includes(-1) ? undefined : ids
}
