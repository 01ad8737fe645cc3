import type { GrowableUint32 } from '../bytes/growable.ts'
import type { Vocabulary } from '../bytes/vocabulary.ts'
import { isSpaceMark } from '../scanners/metaspace-words.ts'
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

export interface MarkedWordsOptions {
  readonly vocabulary: Vocabulary
  readonly unknownId: number | undefined
  /** Ids of the 256 byte tokens, by which unknown words are spelled. */
  readonly byteFallback: Int32Array | undefined
  readonly toJson: Model['toJson']
}

/**
 * As `wordLevelModel` on a whole text in which `▁` starts each word; a run of unknown words is one unknown token.
 * Source: `word_model.cc` of sentencepiece.
 */
export function markedWordsModel({ vocabulary, unknownId, byteFallback, toJson }: MarkedWordsOptions): Model {
  return {
    vocabulary,
    toJson,
    encodeWord(bytes: Uint8Array, start: number, end: number, ids: GrowableUint32, ends: GrowableUint32 | null) {
      let follows = false
      const push = (id: number, stop: number) => {
        ids.push(id)
        ends?.push(stop)
      }
      for (let at = start, stop = start; at < end; at = stop) {
        do stop++
        while (stop < end && !isSpaceMark(bytes, stop, end))
        const id = vocabulary.find(bytes, at, stop)
        const isUnknown = id < 0 || id === unknownId
        if (!isUnknown) push(id, stop)
        else if (byteFallback) for (let i = at; i < stop; i++) push(byteFallback[bytes[i]!]!, i + 1)
        else if (unknownId === undefined) return at
        else if (!follows) push(unknownId, stop)
        else if (ends) ends.data[ends.length - 1] = stop
        follows = isUnknown
      }
      return -1
    },
    widthOf: id => (id === unknownId ? -1 : byteFallback?.includes(id) ? 1 : vocabulary.lengthOf(id)),
  }
}
