import type { Normalizer } from './normalizer.ts'

/**
 * Marks a model as byte-level. The text itself stays as it is, because our byte-level models read bytes and not the
 * characters that stand for them in files.
 */
export function byteLevelNormalizer(): Normalizer {
  return { json: { type: 'ByteLevel' }, normalize: text => text }
}
