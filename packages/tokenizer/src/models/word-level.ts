import type { GrowableUint32 } from '../bytes/growable.ts'
import type { Vocabulary } from '../bytes/vocabulary.ts'
import type { Model } from './model.ts'

/** One token for every word; words that are not in the vocabulary become the unknown token, if there is one. */
export function wordLevelModel(vocabulary: Vocabulary, unknownId: number | undefined, toJson: Model['toJson']): Model {
  return {
    vocabulary,
    toJson,
    encodeWord(bytes: Uint8Array, start: number, end: number, ids: GrowableUint32, ends: GrowableUint32 | null) {
      const found = vocabulary.find(bytes, start, end)
      const id = found >= 0 ? found : unknownId
      if (id === undefined) return start
      ids.push(id)
      ends?.push(end)
      return -1
    },
    widthOf: id => (id === unknownId ? -1 : vocabulary.lengthOf(id)),
  }
}
