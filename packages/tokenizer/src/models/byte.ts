import { byteLevelSpelling } from '../bytes/byte-alphabet.ts'
import type { GrowableUint32 } from '../bytes/growable.ts'
import { Vocabulary } from '../bytes/vocabulary.ts'
import type { Model } from './model.ts'

/**
 * One token for each byte, after the special tokens: `id = byte + specialTokens.length`. A file has it as byte-pair
 * encoding without merges. Source: Xue et al., 2022 (ByT5, arXiv 2105.13626).
 */
export function byteModel(specialTokens: readonly string[] = []): Model {
  const first = specialTokens.length
  const vocabulary = new Vocabulary(first + 256, first + 256, byteLevelSpelling)
  specialTokens.forEach((token, id) => vocabulary.addToken(id, token))
  for (let byte = 0; byte < 256; byte++) vocabulary.add(first + byte, Uint8Array.of(byte))
  return {
    vocabulary,
    encodeWord(bytes: Uint8Array, start: number, end: number, ids: GrowableUint32, ends: GrowableUint32 | null) {
      ids.reserve(end - start)
      for (let at = start; at < end; at++) ids.data[ids.length++] = first + bytes[at]!
      if (ends) for (let at = start; at < end; at++) ends.push(at + 1)
      return -1
    },
    widthOf: id => (id < first ? -1 : 1),
    toJson: () => ({ type: 'BPE', vocab: Object.fromEntries(vocabulary.entries()), merges: [] }),
  }
}
