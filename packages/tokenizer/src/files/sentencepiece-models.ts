import { PairTable } from '../bytes/pair-table.ts'
import type { Vocabulary } from '../bytes/vocabulary.ts'
import { BpeModel } from '../models/bpe.ts'
import { Merges } from '../models/bpe-merges.ts'
import { byteFallbackIds } from '../models/byte-fallback.ts'
import type { Model } from '../models/model.ts'
import { UnigramModel } from '../models/unigram.ts'
import { markedWordsModel } from '../models/word-level.ts'
import { type Piece, PieceType, type SentencePieceModel } from './sentencepiece-model.ts'

type ModelBuilder = (source: SentencePieceModel, vocabulary: Vocabulary) => Model

/** The model of each type of sentencepiece file. */
export const sentencePieceModels: { readonly [type in SentencePieceModel['modelType']]: ModelBuilder } = {
  unigram: unigramOf,
  bpe: (source, vocabulary) => mergingOf(source, vocabulary, listMerges(source.pieces, vocabulary)),
  char: (source, vocabulary) => mergingOf(source, vocabulary, []),
  word: wordsOf,
}

function idOfType(pieces: readonly Piece[], type: number): number | undefined {
  const id = pieces.findIndex(piece => piece.type === type)
  return id < 0 ? undefined : id
}

function unigramOf({ pieces, byteFallback }: SentencePieceModel, vocabulary: Vocabulary): Model {
  const normal = pieces.filter(({ type }) => type === PieceType.normal).map(({ score }) => score)
  const [lowest, highest] = normal.reduce(
    ([low, high], score) => [Math.min(low, score), Math.max(high, score)],
    [Infinity, -Infinity],
  )
  const unmatched = new Set<number>()
  // A piece that the user defined beats every other way to cut the text it covers.
  const scores = Float64Array.from(pieces, ({ text, score, type }, id) => {
    if (type === PieceType.userDefined) return Array.from(text).length * highest - 0.1
    if (type !== PieceType.normal) unmatched.add(id)
    return score
  })
  const unknownId = idOfType(pieces, PieceType.unknown)
  return new UnigramModel({
    vocabulary,
    scores,
    unknownId,
    byteFallback: byteFallback ? byteFallbackIds(vocabulary) : undefined,
    unmatched,
    lowestScore: lowest,
    singlePrecision: true,
    toJson: () => ({
      type: 'Unigram',
      unk_id: unknownId ?? null,
      vocab: pieces.map(({ text }, id) => [text, scores[id]]),
      byte_fallback: byteFallback,
    }),
  })
}

function mergingOf(
  { pieces, byteFallback }: SentencePieceModel,
  vocabulary: Vocabulary,
  merges: readonly ListedMerge[],
): Model {
  const table = new PairTable(merges.length)
  merges.forEach(({ left, right, rank, merged }) => table.add(left, right, rank, merged))
  const unknownId = idOfType(pieces, PieceType.unknown)
  const indivisible = pieces.flatMap(({ type }, id) => (type === PieceType.userDefined ? [id] : []))
  return new BpeModel({
    vocabulary,
    merges: Merges.listed(table),
    unknownId,
    fuseUnknown: true,
    byteFallback: byteFallback ? byteFallbackIds(vocabulary) : undefined,
    indivisible,
    toJson: () => ({
      type: 'BPE',
      dropout: null,
      unk_token: unknownId === undefined ? null : pieces[unknownId]!.text,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: byteFallback,
      indivisible,
      ignore_merges: false,
      vocab: Object.fromEntries(vocabulary.entries()),
      merges: merges.map(({ left, right }) => [pieces[left]!.text, pieces[right]!.text]),
    }),
  })
}

function wordsOf({ pieces, byteFallback }: SentencePieceModel, vocabulary: Vocabulary): Model {
  const unknownId = idOfType(pieces, PieceType.unknown)
  return markedWordsModel({
    vocabulary,
    unknownId,
    byteFallback: byteFallback ? byteFallbackIds(vocabulary) : undefined,
    toJson: () => ({
      type: 'WordLevel',
      unk_token: unknownId === undefined ? null : pieces[unknownId]!.text,
      byte_fallback: byteFallback,
      marked_words: true,
      vocab: Object.fromEntries(vocabulary.entries()),
    }),
  })
}

interface ListedMerge {
  readonly left: number
  readonly right: number
  readonly rank: number
  readonly merged: number
}

/** All pairs of pieces that join to a piece; the better its score, the earlier they merge. */
function listMerges(pieces: readonly Piece[], vocabulary: Vocabulary): ListedMerge[] {
  const isMergeable = (id: number) => id >= 0 && pieces[id]!.type === PieceType.normal
  const merges: { left: number; right: number; merged: number }[] = []
  for (let merged = 0; merged < pieces.length; merged++) {
    if (!isMergeable(merged)) continue
    const bytes = vocabulary.bytesOf(merged)
    for (let at = 1; at < bytes.length; at++) {
      if ((bytes[at]! & 0xc0) === 0x80) continue
      const left = vocabulary.find(bytes, 0, at)
      const right = vocabulary.find(bytes, at, bytes.length)
      if (isMergeable(left) && isMergeable(right)) merges.push({ left, right, merged })
    }
  }
  const score = (id: number) => pieces[id]!.score
  merges.sort((a, b) => score(b.merged) - score(a.merged) || a.merged - b.merged)
  let rank = -1
  return merges.map((merge, i) => {
    if (i === 0 || score(merge.merged) !== score(merges[i - 1]!.merged)) rank++
    return { ...merge, rank }
  })
}
