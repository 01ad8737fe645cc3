import { byteLevelSpelling } from '../bytes/byte-alphabet.ts'
import { ByteTrie } from '../bytes/byte-trie.ts'
import type { GrowableUint32 } from '../bytes/growable.ts'
import { utf8Width } from '../bytes/utf8.ts'
import type { Vocabulary } from '../bytes/vocabulary.ts'
import type { Model } from './model.ts'

export interface UnigramOptions {
  readonly vocabulary: Vocabulary
  /** Log probability of each token, by id. */
  readonly scores: Float64Array
  readonly unknownId: number | undefined
  /** Ids of the 256 byte tokens, by which unknown characters are spelled. */
  readonly byteFallback: Int32Array | undefined
  /** Ids that no text matches, such as control tokens and the bytes. */
  readonly unmatched?: ReadonlySet<number>
  /** The score that unknown characters are measured against. Default: the lowest of all. */
  readonly lowestScore?: number
  /** Add scores in single precision, as sentencepiece does; it decides ties. */
  readonly singlePrecision?: boolean
  readonly toJson: () => { [field: string]: unknown }
}

/** An unknown character costs this much more than the least likely token. */
const unknownPenalty = 10

/**
 * The unigram language model: of all ways to cut a word the most probable one, found by Viterbi's algorithm.
 * Source: Kudo, 2018 (arXiv 1804.10959); ties and unknown characters as in Hugging Face's `Unigram`.
 */
export class UnigramModel implements Model {
  readonly vocabulary: Vocabulary
  readonly toJson: () => { [field: string]: unknown }
  private readonly options: UnigramOptions
  private readonly trie: ByteTrie
  private readonly isByteLevel: boolean
  private readonly unknownScore: number
  /** For each offset of the word: score of the best way to it, and where its last token starts and which it is. */
  private best: Float64Array | Float32Array = new Float64Array(256)
  private from = new Int32Array(256)
  private token = new Int32Array(256)

  constructor(options: UnigramOptions) {
    const { vocabulary, scores, unmatched } = options
    this.options = options
    this.vocabulary = vocabulary
    this.toJson = options.toJson
    this.isByteLevel = vocabulary.spelling === byteLevelSpelling
    this.trie = new ByteTrie(vocabulary.size * 8)
    let lowest = Infinity
    for (let id = 0; id < vocabulary.size; id++) {
      if (!vocabulary.has(id)) continue
      lowest = Math.min(lowest, scores[id]!)
      if (!unmatched?.has(id) && vocabulary.lengthOf(id) > 0) this.trie.insert(vocabulary.bytesOf(id), id)
    }
    const unknownScore = (options.lowestScore ?? lowest) - unknownPenalty
    this.unknownScore = options.singlePrecision ? Math.fround(unknownScore) : unknownScore
    if (options.singlePrecision) this.best = new Float32Array(256)
  }

  encodeWord(bytes: Uint8Array, start: number, end: number, ids: GrowableUint32, ends: GrowableUint32 | null): number {
    const length = end - start
    if (length + 1 > this.best.length) this.reserve((length + 1) * 2)
    this.search(bytes, start, length)
    return this.collect(bytes, start, length, ids, ends)
  }

  private reserve(length: number): void {
    this.best = this.options.singlePrecision ? new Float32Array(length) : new Float64Array(length)
    this.from = new Int32Array(length)
    this.token = new Int32Array(length)
  }

  private search(bytes: Uint8Array, start: number, length: number): void {
    const { best, from, token, trie } = this
    const { scores, singlePrecision: isSingle } = this.options
    from.fill(-1, 0, length + 1)
    best[0] = 0
    for (let at = 0; at < length;) {
      const width = this.isByteLevel ? 1 : utf8Width(bytes[start + at]!)
      const score = best[at]!
      let isKnown = false
      let node = 0
      for (let i = at; i < length;) {
        node = trie.step(node, bytes[start + i++]!)
        if (node < 0) break
        const id = trie.valueAt(node)
        if (id < 0) continue
        if (i - at === width) isKnown = true
        const candidate = isSingle ? Math.fround(score + scores[id]!) : score + scores[id]!
        if (from[i] === -1 || candidate > best[i]!) {
          best[i] = candidate
          from[i] = at
          token[i] = id
        }
      }
      const next = at + width
      if (!isKnown && (from[next] === -1 || score + this.unknownScore > best[next]!)) {
        best[next] = score + this.unknownScore
        from[next] = at
        token[next] = -1
      }
      at = next
    }
  }

  /** Follows the best way back, then writes it from the front; neighbouring unknown characters are one. */
  private collect(
    bytes: Uint8Array,
    start: number,
    length: number,
    ids: GrowableUint32,
    ends: GrowableUint32 | null,
  ): number {
    const { from, token } = this
    // `from` is turned around in place: from[i] becomes where the token that starts at i ends.
    for (let at = length, next = -1; at >= 0;) {
      const previous = from[at]!
      from[at] = next
      next = at
      at = previous
      if (next === 0) break
    }
    for (let at = 0; at < length;) {
      let end = from[at]!
      const id = token[end]!
      if (id >= 0) {
        ids.push(id)
        ends?.push(start + end)
      } else {
        while (end < length && token[from[end]!]! < 0) end = from[end]!
        if (!this.pushUnknown(bytes, start + at, start + end, ids, ends)) return start + at
      }
      at = end
    }
    return -1
  }

  private pushUnknown(
    bytes: Uint8Array,
    start: number,
    end: number,
    ids: GrowableUint32,
    ends: GrowableUint32 | null,
  ): boolean {
    const { byteFallback, unknownId } = this.options
    if (byteFallback) {
      for (let at = start; at < end; at++) {
        ids.push(byteFallback[bytes[at]!]!)
        ends?.push(at + 1)
      }
      return true
    }
    if (unknownId === undefined) return false
    ids.push(unknownId)
    ends?.push(end)
    return true
  }

  widthOf(id: number): number {
    const { unknownId, byteFallback } = this.options
    if (id === unknownId) return -1
    return byteFallback?.includes(id) ? 1 : this.vocabulary.lengthOf(id)
  }
}
