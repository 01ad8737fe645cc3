import type { GrowableUint32 } from '../bytes/growable.ts'
import type { Vocabulary } from '../bytes/vocabulary.ts'

/** Cuts one word, as the pre-tokenizer leaves it, into tokens. */
export interface Model {
  readonly vocabulary: Vocabulary
  /**
   * Appends the ids of `bytes[start..end)` to `ids`, and where each token ends to `ends` if given.
   * Returns -1, or the offset of the first character that no token can express.
   */
  encodeWord(bytes: Uint8Array, start: number, end: number, ids: GrowableUint32, ends: GrowableUint32 | null): number
  /**
   * As `encodeWord` for words that this takes no longer for than remembering them would; false, with nothing appended,
   * for all others.
   */
  encodeCharacters?(bytes: Uint8Array, start: number, end: number, ids: GrowableUint32): boolean
  /** Bytes of text that a token covers, if every occurrence covers the same number; else -1. */
  widthOf(id: number): number
  /** The `model` object of tokenizer.json. */
  readonly toJson: () => { [field: string]: unknown }
}
