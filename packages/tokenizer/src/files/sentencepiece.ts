import { Vocabulary } from '../bytes/vocabulary.ts'
import { byteFallbackDecoder } from '../decoders/byte-fallback.ts'
import type { Decoder } from '../decoders/decoder.ts'
import { fuseDecoder } from '../decoders/fuse.ts'
import { replaceDecoder, stripDecoder } from '../decoders/replace.ts'
import { sequenceDecoder } from '../decoders/sequence.ts'
import { FormatError } from '../errors.ts'
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
import { sentencePieceModels } from './sentencepiece-models.ts'

/**
 * A tokenizer from a sentencepiece `.model` file of any type (Unigram, BPE, word, char) with its normalization. Ids are those of
 * sentencepiece's `EncodeAsIds`. Throws `FormatError` for files that are not such models.
 *
 * @example
 * const tokenizer = fromSentencePiece(await readFile('tokenizer.model'))
 * tokenizer.encode('Hello world')
 */
export function fromSentencePiece(file: Uint8Array): PipelineTokenizer {
  const source = readSentencePieceModel(file)
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
    model: sentencePieceModels[source.modelType](source, vocabulary),
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
    parts.push(
      precompiled(new CharacterMap(source.characterMap, file, 'normalizer_spec'), 'longest', protectedOf(source)),
    )
  if (source.removeExtraWhitespaces)
    parts.push(
      replace({ pattern: { Regex: '\\A +| +\\z' }, content: '' }),
      replace({ pattern: { Regex: ' {2,}' }, content: ' ' }),
    )
  const space = source.escapeWhitespaces ? '▁' : ' '
  if (source.addDummyPrefix && !source.whitespaceAsSuffix) parts.push(prepend({ prepend: space }))
  if (source.escapeWhitespaces) parts.push(replace({ pattern: { String: ' ' }, content: '▁' }))
  if (source.removeExtraWhitespaces) parts.push(replace({ pattern: { Regex: `${space}+\\z` }, content: '' }))
  if (source.addDummyPrefix && source.whitespaceAsSuffix)
    parts.push(replace({ pattern: { Regex: '(?<=[\\s\\S])\\z' }, content: space }))
  return sequenceNormalizer(parts)
}

/** Symbols that the user defined pass the character map as they are. */
function protectedOf({ pieces }: SentencePieceModel): string[] {
  return pieces.filter(({ type }) => type === PieceType.userDefined).map(({ text }) => text)
}

/**
 * Where every word starts with the known piece `▁` and no piece goes on behind it into the next word, words can be
 * encoded one by one. Not so in Unigram models, where sums of scores in single precision run over the whole text and
 * their rounding decides ties, and in word models, where runs of unknown words are one token.
 */
function preTokenizerOf({ pieces, modelType }: SentencePieceModel): PreTokenizer | undefined {
  const matched = pieces.filter(({ type }) => type !== PieceType.control)
  const isByWord = matched.some(({ text }) => text === '▁') && !matched.some(({ text }) => /[^▁]▁/.test(text))
  if (!isByWord || modelType === 'unigram' || modelType === 'word') return undefined
  return splitPreTokenizer({ pattern: { Regex: metaspaceWordPattern } })
}

function decoderOf(source: SentencePieceModel): Decoder {
  const parts = [replaceDecoder({ pattern: { String: '▁' }, content: ' ' }), byteFallbackDecoder(), fuseDecoder()]
  const { addDummyPrefix, whitespaceAsSuffix: isBehind } = source
  if (addDummyPrefix) parts.push(stripDecoder({ content: ' ', start: isBehind ? 0 : 1, stop: isBehind ? 1 : 0 }))
  return sequenceDecoder(parts)
}
