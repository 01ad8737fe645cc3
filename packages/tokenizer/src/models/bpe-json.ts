import { byteLevelSpelling, type TokenSpelling, textSpelling } from '../bytes/byte-alphabet.ts'
import { PairTable } from '../bytes/pair-table.ts'
import type { Vocabulary } from '../bytes/vocabulary.ts'
import { Fields } from '../files/fields.ts'
import { vocabularyFromRecord } from '../files/vocabulary-from-record.ts'
import { byteFallbackIds } from './byte-fallback.ts'
import { BpeModel } from './bpe.ts'
import { Merges } from './bpe-merges.ts'

/** Reads the `model` object of a tokenizer.json whose type is `BPE`. */
export function bpeFromJson(fields: Fields, isByteLevel: boolean): BpeModel {
  const spelling: TokenSpelling = isByteLevel ? byteLevelSpelling : textSpelling
  const vocabulary = vocabularyFromRecord(fields.record('vocab'), fields.at('vocab'), spelling)
  const pairs = readMerges(fields, vocabulary)
  const unknown = fields.optionalString('unk_token')
  const continuingPrefix = fields.optionalString('continuing_subword_prefix') ?? ''
  if ((fields.optionalNumber('dropout') ?? 0) !== 0)
    throw fields.error('dropout', 'BPE dropout makes encoding random, which is not supported; set it to null')
  return new BpeModel({
    vocabulary,
    merges: Merges.listed(mergeTable(pairs, vocabulary, continuingPrefix, fields)),
    unknownId: unknown === undefined ? undefined : requireToken(vocabulary, unknown, fields),
    fuseUnknown: fields.optionalBoolean('fuse_unk') ?? false,
    byteFallback: fields.optionalBoolean('byte_fallback') ? byteFallbackIds(vocabulary) : undefined,
    ignoreMerges: fields.optionalBoolean('ignore_merges') ?? false,
    continuingPrefix,
    endOfWordSuffix: fields.optionalString('end_of_word_suffix') ?? '',
    indivisible: readIndivisible(fields, vocabulary),
    toJson: () => ({
      ...fields.all,
      vocab: Object.fromEntries(vocabulary.entries()),
      merges: Array.from({ length: pairs.length / 2 }, (_, i) => [
        vocabulary.tokenOf(pairs[i * 2]!),
        vocabulary.tokenOf(pairs[i * 2 + 1]!),
      ]),
    }),
  })
}

/** A field of ours: sentencepiece's user-defined symbols. */
function readIndivisible(fields: Fields, vocabulary: Vocabulary): number[] {
  if (!fields.has('indivisible')) return []
  return fields.array('indivisible').map((id, i) => {
    if (typeof id !== 'number' || !vocabulary.has(id))
      throw fields.error(`indivisible[${i}]`, 'must be the id of a token')
    return id
  })
}

function requireToken(vocabulary: Vocabulary, token: string, fields: Fields): number {
  const id = vocabulary.idOf(token)
  if (id < 0) throw fields.error('unk_token', `token ${JSON.stringify(token)} is not in the vocabulary`)
  return id
}

/** Merges as pairs of ids, two numbers each. Files write them as `"a b"` or, since 2024, as `["a", "b"]`. */
function readMerges(fields: Fields, vocabulary: Vocabulary): Int32Array {
  const list = fields.array('merges')
  const pairs = new Int32Array(list.length * 2)
  list.forEach((entry, i) => {
    const parts = typeof entry === 'string' ? splitMerge(entry) : entry
    if (!Array.isArray(parts) || parts.length !== 2 || typeof parts[0] !== 'string' || typeof parts[1] !== 'string')
      throw fields.error(`merges[${i}]`, 'a merge must be "left right" or ["left", "right"]')
    parts.forEach((part: string, side) => {
      const id = vocabulary.idOf(part)
      if (id < 0) throw fields.error(`merges[${i}]`, `token ${JSON.stringify(part)} is not in the vocabulary`)
      pairs[i * 2 + side] = id
    })
  })
  return pairs
}

function splitMerge(entry: string): string[] {
  const space = entry.indexOf(' ')
  return space < 0 ? [] : [entry.slice(0, space), entry.slice(space + 1)]
}

function mergeTable(pairs: Int32Array, vocabulary: Vocabulary, prefix: string, fields: Fields): PairTable {
  const table = new PairTable(pairs.length / 2)
  for (let i = 0; i < pairs.length; i += 2) {
    const [left, right] = [pairs[i]!, pairs[i + 1]!]
    const merged = joinedId(vocabulary, left, right, prefix)
    if (merged < 0) {
      const [a, b] = [vocabulary.tokenOf(left), vocabulary.tokenOf(right)]
      throw fields.error(`merges[${i / 2}]`, `${JSON.stringify(a)} and ${JSON.stringify(b)} join to no token`)
    }
    const entry = table.find(left, right)
    if (entry < 0) table.add(left, right, i / 2, merged)
    else table.setRank(entry, i / 2)
  }
  return table
}

function joinedId(vocabulary: Vocabulary, left: number, right: number, prefix: string): number {
  if (prefix !== '') {
    const [a, b] = [vocabulary.tokenOf(left)!, vocabulary.tokenOf(right)!]
    return vocabulary.idOf(a + b.slice(prefix.length))
  }
  const bytes = new Uint8Array(vocabulary.lengthOf(left) + vocabulary.lengthOf(right))
  vocabulary.copyTo(right, bytes, vocabulary.copyTo(left, bytes, 0))
  return vocabulary.find(bytes, 0, bytes.length)
}
