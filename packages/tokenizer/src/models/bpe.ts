import { byteLevelSpelling } from '../bytes/byte-alphabet.ts'
import { ByteTrie } from '../bytes/byte-trie.ts'
import type { GrowableUint32 } from '../bytes/growable.ts'
import { fromUtf8, utf8Width } from '../bytes/utf8.ts'
import type { Vocabulary } from '../bytes/vocabulary.ts'
import type { Merges } from './bpe-merges.ts'
import { encodeByBacktracking } from './backtrack.ts'
import { mergeLong } from './merge-long.ts'
import { mergeShort, shortWord } from './merge-short.ts'
import type { Model } from './model.ts'
import { TokenSplits } from './token-splits.ts'
import { startsWide, WideCharacters } from './wide-characters.ts'

export interface BpeOptions {
  /** A vocabulary in the byte-level spelling makes words start from bytes, any other from characters. */
  readonly vocabulary: Vocabulary
  readonly merges: Merges
  /** Token for characters that the vocabulary lacks. */
  readonly unknownId?: number | undefined
  /** Whether neighbouring unknown characters share one unknown token. */
  readonly fuseUnknown?: boolean
  /** Ids of the 256 tokens `<0x00>` … `<0xFF>`, by which characters that the vocabulary lacks are spelled. */
  readonly byteFallback?: Int32Array | undefined
  /** Take a word that is a token as it is, without asking the merges. */
  readonly ignoreMerges?: boolean
  /** Put before all characters of a word but the first, as `##`. */
  readonly continuingPrefix?: string
  /** Put behind the last character of a word, as `</w>`. */
  readonly endOfWordSuffix?: string
  /** Ids of tokens that are taken wherever they occur, before merging; they take part in no merge. */
  readonly indivisible?: readonly number[]
  readonly toJson: () => { [field: string]: unknown }
}

/**
 * Byte-pair encoding: a word starts as its bytes or characters, and neighbours merge in the order of the merge list.
 * Source: Sennrich et al., 2016 (arXiv 1508.07909); the unknown and fallback rules follow Hugging Face's `BPE`.
 */
export class BpeModel implements Model {
  readonly vocabulary: Vocabulary
  readonly toJson: () => { [field: string]: unknown }
  private readonly options: BpeOptions
  private readonly isByteLevel: boolean
  private readonly hasAffixes: boolean
  /** Ids of the 256 one-byte tokens, -1 where there is none. */
  private readonly byteIds: Int32Array
  private readonly indivisible: ByteTrie | undefined
  private splits: TokenSplits | undefined
  private wide: WideCharacters | undefined
  private symbols = new Int32Array(256)
  private ends = new Int32Array(256)
  private count = 0

  constructor(options: BpeOptions) {
    this.options = options
    this.vocabulary = options.vocabulary
    this.toJson = options.toJson
    this.indivisible = trieOf(options.vocabulary, options.indivisible)
    this.isByteLevel = options.vocabulary.spelling === byteLevelSpelling
    this.hasAffixes = Boolean(options.continuingPrefix) || Boolean(options.endOfWordSuffix)
    this.byteIds = Int32Array.from({ length: 256 }, (_, byte) => this.vocabulary.find(Uint8Array.of(byte), 0, 1))
  }

  private isBase(id: number): boolean {
    const bytes = this.vocabulary.bytesOf(id)
    return bytes.length > 0 && bytes.length === (this.isByteLevel ? 1 : utf8Width(bytes[0]!))
  }

  encodeWord(bytes: Uint8Array, start: number, end: number, ids: GrowableUint32, ends: GrowableUint32 | null): number {
    if (this.options.ignoreMerges) {
      const whole = this.vocabulary.find(bytes, start, end)
      if (whole >= 0) {
        ids.push(whole)
        ends?.push(end)
        return -1
      }
    }
    if (!mergesFaster(bytes, start, end) && this.backtrackWord(bytes, start, end, ids, ends)) return -1
    return this.mergeWord(bytes, start, end, ids, ends)
  }

  encodeCharacters(bytes: Uint8Array, start: number, end: number, ids: GrowableUint32): boolean {
    if (!startsWide(bytes, start, end) || this.hasAffixes || this.indivisible) return false
    this.wide ??= new WideCharacters(this.vocabulary, this.knownSplits(), this.options.ignoreMerges === true)
    return this.wide.encode(bytes, start, end, ids)
  }

  private knownSplits(): TokenSplits {
    return (this.splits ??= new TokenSplits(this.vocabulary, this.options.merges, id => this.isBase(id)))
  }

  private backtrackWord(
    bytes: Uint8Array,
    start: number,
    end: number,
    ids: GrowableUint32,
    ends: GrowableUint32 | null,
  ): boolean {
    // Affixes and indivisible tokens are other beginnings than bytes and characters.
    if (this.hasAffixes || this.indivisible) return false
    const { vocabulary } = this
    this.splits ??= new TokenSplits(vocabulary, this.options.merges, id => this.isBase(id))
    const first = ids.length
    if (!encodeByBacktracking(vocabulary, this.splits, bytes, start, end, ids)) return false
    if (ends) for (let i = first, at = start; i < ids.length; i++) ends.push((at += vocabulary.lengthOf(ids.data[i]!)))
    return true
  }

  private mergeWord(
    bytes: Uint8Array,
    start: number,
    end: number,
    ids: GrowableUint32,
    ends: GrowableUint32 | null,
  ): number {
    const failed = this.startSymbols(bytes, start, end)
    if (failed >= 0) return failed
    const merge = this.count <= shortWord ? mergeShort : mergeLong
    const count = merge(this.options.merges, bytes, start, this.symbols, this.ends, this.count)
    ids.reserve(count)
    for (let i = 0; i < count; i++) ids.push(this.symbols[i]!)
    if (ends) for (let i = 0; i < count; i++) ends.push(this.ends[i]!)
    if (this.symbols.length > 1 << 20) this.reserve(256)
    return -1
  }

  widthOf(id: number): number {
    const { options } = this
    if (id === options.unknownId || this.hasAffixes) return -1
    if (options.byteFallback?.includes(id)) return 1
    return this.vocabulary.lengthOf(id)
  }

  private reserve(count: number): void {
    this.symbols = new Int32Array(count)
    this.ends = new Int32Array(count)
  }

  private push(id: number, end: number): void {
    this.symbols[this.count] = id
    this.ends[this.count++] = end
  }

  /** Fills `symbols` with what the word starts from; returns -1 or the offset that has no token. */
  private startSymbols(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > this.symbols.length) this.reserve((end - start) * 2)
    this.count = 0
    if (!this.isByteLevel || this.hasAffixes) return this.startCharacters(bytes, start, end)
    for (let at = start; at < end; at++) {
      const id = this.byteIds[bytes[at]!]!
      if (id >= 0) this.push(id, at + 1)
      else if (!this.pushUnknown(at, at + 1)) return at
    }
    return -1
  }

  private startCharacters(bytes: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end;) {
      const taken = this.indivisible?.longest(bytes, at, end)
      if (taken) {
        this.push(taken.value, taken.end)
        at = taken.end
        continue
      }
      const width = this.isByteLevel ? 1 : utf8Width(bytes[at]!)
      const id = this.hasAffixes
        ? this.findAffixed(bytes, at, at + width, at === start, at + width >= end)
        : width === 1
          ? this.byteIds[bytes[at]!]!
          : this.vocabulary.find(bytes, at, at + width)
      if (id >= 0) this.push(id, at + width)
      else if (!this.pushFallback(bytes, at, at + width) && !this.pushUnknown(at, at + width)) return at
      at += width
    }
    return -1
  }

  private findAffixed(bytes: Uint8Array, start: number, end: number, isFirst: boolean, isLast: boolean): number {
    const { continuingPrefix = '', endOfWordSuffix = '' } = this.options
    const unit = bytes.subarray(start, end)
    const character = this.isByteLevel ? this.vocabulary.spelling.toToken(unit) : fromUtf8(unit)
    const token = (isFirst ? '' : continuingPrefix) + character + (isLast ? endOfWordSuffix : '')
    const spelled = this.vocabulary.spelling.toBytes(token)
    return spelled ? this.vocabulary.find(spelled, 0, spelled.length) : -1
  }

  private pushFallback(bytes: Uint8Array, start: number, end: number): boolean {
    const { byteFallback } = this.options
    if (!byteFallback) return false
    for (let at = start; at < end; at++) this.push(byteFallback[bytes[at]!]!, at + 1)
    return true
  }

  private pushUnknown(start: number, end: number): boolean {
    const { unknownId, fuseUnknown } = this.options
    if (unknownId === undefined) return false
    const last = this.count - 1
    if (fuseUnknown && last >= 0 && this.symbols[last] === unknownId && this.ends[last] === start) this.ends[last] = end
    else this.push(unknownId, end)
    return true
  }
}

/**
 * Short words of ASCII merge faster than the splits of their tokens are found, since most of these are new: rare names,
 * for example. Characters of several bytes are many symbols but few tokens.
 */
function mergesFaster(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start <= (bytes[end - 1]! < 0x80 ? 16 : 3)
}

function trieOf(vocabulary: Vocabulary, ids: readonly number[] | undefined): ByteTrie | undefined {
  if (!ids || ids.length === 0) return undefined
  const trie = new ByteTrie(ids.length * 8)
  for (const id of ids) trie.insert(vocabulary.bytesOf(id), id)
  return trie
}
