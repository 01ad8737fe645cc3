import type { Normalizer } from './normalizer.ts'

/** Runs normalizers one after the other. */
export function sequenceNormalizer(parts: readonly Normalizer[]): Normalizer {
  return {
    json: { type: 'Sequence', normalizers: parts.map(part => part.json) },
    normalize: text => parts.reduce((normalized, part) => part.normalize(normalized), text),
  }
}
