import { byteLevelSpelling, textSpelling } from '../bytes/byte-alphabet.ts'
import { Vocabulary } from '../bytes/vocabulary.ts'
import type { Fields } from '../files/fields.ts'
import { vocabularyFromRecord } from '../files/vocabulary-from-record.ts'
import { bpeFromJson } from './bpe-json.ts'
import { byteFallbackIds } from './byte-fallback.ts'
import type { Model } from './model.ts'
import { UnigramModel } from './unigram.ts'
import { markedWordsModel, wordLevelModel } from './word-level.ts'
import { WordPieceModel } from './word-piece.ts'

type Reader = (fields: Fields, isByteLevel: boolean) => Model

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['BPE', bpeFromJson],
  ['Unigram', unigramFromJson],
  ['WordLevel', wordLevelFromJson],
  ['WordPiece', wordPieceFromJson],
])

/** Reads the `model` object of a tokenizer.json; old files leave out the type, but not what distinguishes the models. */
export function modelFromJson(fields: Fields, isByteLevel: boolean): Model {
  return (fields.has('type') ? fields.dispatch('model', readers) : guessReader(fields))(fields, isByteLevel)
}

function guessReader(fields: Fields): Reader {
  if (fields.has('merges')) return bpeFromJson
  if (Array.isArray(fields.get('vocab'))) return unigramFromJson
  return fields.has('max_input_chars_per_word') ? wordPieceFromJson : wordLevelFromJson
}

function wordPieceFromJson(fields: Fields, isByteLevel: boolean): Model {
  const spelling = isByteLevel ? byteLevelSpelling : textSpelling
  const vocabulary = vocabularyFromRecord(fields.record('vocab'), fields.at('vocab'), spelling)
  const unknown = fields.optionalString('unk_token') ?? '[UNK]'
  const unknownId = vocabulary.idOf(unknown)
  if (unknownId < 0) throw fields.error('unk_token', `token ${JSON.stringify(unknown)} is not in the vocabulary`)
  return new WordPieceModel({
    vocabulary,
    unknownId,
    continuingPrefix: fields.optionalString('continuing_subword_prefix') ?? '##',
    maxWordLength: fields.optionalNumber('max_input_chars_per_word') ?? 100,
    toJson: () => ({ ...fields.all, vocab: Object.fromEntries(vocabulary.entries()) }),
  })
}

function wordLevelFromJson(fields: Fields, isByteLevel: boolean): Model {
  const spelling = isByteLevel ? byteLevelSpelling : textSpelling
  const vocabulary = vocabularyFromRecord(fields.record('vocab'), fields.at('vocab'), spelling)
  const unknown = fields.optionalString('unk_token')
  const id = unknown === undefined ? -1 : vocabulary.idOf(unknown)
  const unknownId = id < 0 ? undefined : id
  const toJson = () => ({ ...fields.all, vocab: Object.fromEntries(vocabulary.entries()) })
  // `marked_words` and `byte_fallback` are ours: sentencepiece's word models.
  if (!(fields.optionalBoolean('marked_words') ?? false)) return wordLevelModel(vocabulary, unknownId, toJson)
  const byteFallback = fields.optionalBoolean('byte_fallback') ? byteFallbackIds(vocabulary) : undefined
  return markedWordsModel({ vocabulary, unknownId, byteFallback, toJson })
}

function unigramFromJson(fields: Fields, isByteLevel: boolean): Model {
  const list = fields.array('vocab')
  const scores = new Float64Array(list.length)
  const vocabulary = new Vocabulary(list.length, list.length, isByteLevel ? byteLevelSpelling : textSpelling)
  list.forEach((entry, id) => {
    const [token, score] = Array.isArray(entry) ? (entry as unknown[]) : []
    if (typeof token !== 'string' || typeof score !== 'number' || !Number.isFinite(score))
      throw fields.error(`vocab[${id}]`, 'must be [token, score]')
    if (!vocabulary.addToken(id, token))
      throw fields.error(`vocab[${id}]`, `token ${JSON.stringify(token)} is there twice`)
    scores[id] = score
  })
  const unknownId = fields.optionalNumber('unk_id')
  if (unknownId !== undefined && !vocabulary.has(unknownId))
    throw fields.error('unk_id', `there is no token ${unknownId}`)
  const byteFallback = fields.optionalBoolean('byte_fallback') ? byteFallbackIds(vocabulary) : undefined
  return new UnigramModel({
    vocabulary,
    scores,
    unknownId,
    byteFallback,
    toJson: () => ({ ...fields.all, vocab: Array.from(vocabulary.entries(), ([token, id]) => [token, scores[id]]) }),
  })
}
