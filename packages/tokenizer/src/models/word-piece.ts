import { ByteTrie } from '../bytes/byte-trie.ts'
import type { GrowableUint32 } from '../bytes/growable.ts'
import { toUtf8, utf8Width } from '../bytes/utf8.ts'
import type { Vocabulary } from '../bytes/vocabulary.ts'
import type { Model } from './model.ts'

export interface WordPieceOptions {
  readonly vocabulary: Vocabulary
  /** Stands for a word that cannot be spelled. */
  readonly unknownId: number
  /** Marks tokens that continue a word, `##` in BERT. */
  readonly continuingPrefix: string
  /** Longer words are unknown, in characters. */
  readonly maxWordLength: number
  readonly toJson: () => { [field: string]: unknown }
}

/**
 * WordPiece: a word is cut from left to right into the longest tokens that fit; if it does not come out even, all of it
 * is one unknown token. Source: `WordpieceTokenizer` of google-research/bert.
 */
export class WordPieceModel implements Model {
  readonly vocabulary: Vocabulary
  readonly toJson: () => { [field: string]: unknown }
  private readonly options: WordPieceOptions
  private readonly initial: ByteTrie
  private readonly continuing: ByteTrie
  private readonly prefixLength: number

  constructor(options: WordPieceOptions) {
    const { vocabulary, continuingPrefix } = options
    this.options = options
    this.vocabulary = vocabulary
    this.toJson = options.toJson
    this.prefixLength = toUtf8(continuingPrefix).length
    this.initial = new ByteTrie(vocabulary.size * 8)
    this.continuing = new ByteTrie(vocabulary.size * 4)
    for (const [token, id] of vocabulary.entries()) {
      const { spelling } = vocabulary
      this.initial.insert(spelling.toBytes(token) ?? toUtf8(token), id)
      if (!token.startsWith(continuingPrefix) || token === continuingPrefix) continue
      const rest = spelling.toBytes(token.slice(continuingPrefix.length))
      if (rest) this.continuing.insert(rest, id)
    }
  }

  encodeWord(bytes: Uint8Array, start: number, end: number, ids: GrowableUint32, ends: GrowableUint32 | null): number {
    const first = ids.length
    const firstEnd = ends?.length ?? 0
    if (this.isTooLong(bytes, start, end) || !this.cut(bytes, start, end, ids, ends)) {
      ids.length = first
      if (ends) ends.length = firstEnd
      ids.push(this.options.unknownId)
      ends?.push(end)
    }
    return -1
  }

  private isTooLong(bytes: Uint8Array, start: number, end: number): boolean {
    const { maxWordLength } = this.options
    if (end - start <= maxWordLength) return false
    let count = 0
    for (let at = start; at < end && count <= maxWordLength; at += utf8Width(bytes[at]!)) count++
    return count > maxWordLength
  }

  private cut(
    bytes: Uint8Array,
    start: number,
    end: number,
    ids: GrowableUint32,
    ends: GrowableUint32 | null,
  ): boolean {
    for (let from = start; from < end;) {
      const trie = from === start ? this.initial : this.continuing
      let node = 0
      let id = -1
      let stop = from
      for (let at = from; at < end; at++) {
        node = trie.step(node, bytes[at]!)
        if (node < 0) break
        const value = trie.valueAt(node)
        if (value >= 0) {
          id = value
          stop = at + 1
        }
      }
      if (id < 0) return false
      ids.push(id)
      ends?.push(stop)
      from = stop
    }
    return true
  }

  widthOf(id: number): number {
    if (id === this.options.unknownId) return -1
    const token = this.vocabulary.tokenOf(id)
    if (token === undefined) return -1
    const length = this.vocabulary.lengthOf(id)
    return token.startsWith(this.options.continuingPrefix) ? length - this.prefixLength : length
  }
}
