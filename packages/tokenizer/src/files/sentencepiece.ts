import { PairTable } from '../bytes/pair-table.ts'
import { Vocabulary } from '../bytes/vocabulary.ts'
import { byteFallbackDecoder } from '../decoders/byte-fallback.ts'
import type { Decoder } from '../decoders/decoder.ts'
import { fuseDecoder } from '../decoders/fuse.ts'
import { replaceDecoder, stripDecoder } from '../decoders/replace.ts'
import { sequenceDecoder } from '../decoders/sequence.ts'
import { FormatError } from '../errors.ts'
import { BpeModel } from '../models/bpe.ts'
import { Merges } from '../models/bpe-merges.ts'
import { byteFallbackIds } from '../models/byte-fallback.ts'
import type { Model } from '../models/model.ts'
import { UnigramModel } from '../models/unigram.ts'
import type { Normalizer } from '../normalizers/normalizer.ts'
import { CharacterMap, precompiled } from '../normalizers/precompiled.ts'
import { prepend, replace } from '../normalizers/replace.ts'
import { sequenceNormalizer } from '../normalizers/sequence.ts'
import type { AddedToken } from '../pipeline/added-tokens.ts'
import { PipelineTokenizer } from '../pipeline/pipeline-tokenizer.ts'
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts'
import { splitPreTokenizer } from '../pre-tokenizers/split.ts'
import { metaspaceWordPattern } from '../scanners/metaspace-words.ts'
import {
  type Piece,
  PieceType,
  readSentencePieceModel,
  sentencePieceFile,
  type SentencePieceModel,
} from './sentencepiece-model.ts'

/**
 * A tokenizer from a sentencepiece `.model` file, Unigram or BPE, with its normalization. Ids are those of
 * sentencepiece's `EncodeAsIds`. Throws `FormatError` for files that are not such models.
 *
 * @example
 * const tokenizer = fromSentencePiece(await readFile('tokenizer.model'))
 * tokenizer.encode('Hello world')
 */
export function fromSentencePiece(file: Uint8Array): PipelineTokenizer {
  const source = readSentencePieceModel(file)
  if (source.modelType === 'word' || source.modelType === 'char' || source.whitespaceAsSuffix)
    throw new FormatError(
      `${sentencePieceFile}: only Unigram and BPE models with white space in front are supported, this is ` +
        (source.whitespaceAsSuffix ? 'one with white space behind' : `a ${source.modelType} model`),
      sentencePieceFile,
      'trainer_spec',
    )
  const vocabulary = new Vocabulary(source.pieces.length, source.pieces.length)
  source.pieces.forEach(({ text }, id) => {
    if (!vocabulary.addToken(id, text))
      throw new FormatError(
        `${sentencePieceFile}: piece ${JSON.stringify(text)} is there twice`,
        sentencePieceFile,
        `pieces[${id}]`,
      )
  })
  return new PipelineTokenizer({
    addedTokens: source.pieces.flatMap(controlToken),
    normalizer: normalizerOf(source),
    preTokenizer: preTokenizerOf(source),
    model: source.modelType === 'bpe' ? bpeOf(source, vocabulary) : unigramOf(source, vocabulary),
    decoder: decoderOf(source),
  })
}

function controlToken({ text, type }: Piece, id: number): AddedToken[] {
  if (type !== PieceType.control && type !== PieceType.unknown) return []
  return [{ id, content: text, special: true, singleWord: false, lstrip: false, rstrip: false, normalized: false }]
}

function normalizerOf(source: SentencePieceModel): Normalizer {
  const file = sentencePieceFile
  const parts: Normalizer[] = []
  if (source.characterMap.length > 0)
    parts.push(precompiled(new CharacterMap(source.characterMap, file, 'normalizer_spec'), 'longest'))
  if (source.removeExtraWhitespaces)
    parts.push(
      replace({ pattern: { Regex: '\\A +| +\\z' }, content: '' }),
      replace({ pattern: { Regex: ' {2,}' }, content: ' ' }),
    )
  const space = source.escapeWhitespaces ? '▁' : ' '
  if (source.addDummyPrefix) parts.push(prepend({ prepend: space }))
  if (source.escapeWhitespaces) parts.push(replace({ pattern: { String: ' ' }, content: '▁' }))
  if (source.removeExtraWhitespaces) parts.push(replace({ pattern: { Regex: `${space}+\\z` }, content: '' }))
  return sequenceNormalizer(parts)
}

/**
 * Where no piece has `▁` behind another character, words can be encoded one by one. Not so in Unigram models, where
 * sums of scores in single precision run over the whole text and their rounding decides ties.
 */
function preTokenizerOf({ pieces, modelType }: SentencePieceModel): PreTokenizer | undefined {
  if (modelType !== 'bpe') return undefined
  if (pieces.some(({ text, type }) => type !== PieceType.control && /[^▁]▁/.test(text))) return undefined
  return splitPreTokenizer({ pattern: { Regex: metaspaceWordPattern } })
}

function decoderOf(source: SentencePieceModel): Decoder {
  const parts = [replaceDecoder({ pattern: { String: '▁' }, content: ' ' }), byteFallbackDecoder(), fuseDecoder()]
  if (source.addDummyPrefix) parts.push(stripDecoder({ content: ' ', start: 1, stop: 0 }))
  return sequenceDecoder(parts)
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

function bpeOf({ pieces, byteFallback }: SentencePieceModel, vocabulary: Vocabulary): Model {
  const merges = listMerges(pieces, vocabulary)
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
