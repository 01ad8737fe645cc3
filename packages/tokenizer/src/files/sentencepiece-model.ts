import { fromUtf8 } from '../bytes/utf8.ts'
import { FormatError } from '../errors.ts'
import { asFloat, protobufFields } from './protobuf.ts'

export const sentencePieceFile = 'sentencepiece model'

/** What a piece is for; the numbers of sentencepiece's `SentencePiece.Type`. */
export const PieceType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const

export interface Piece {
  readonly text: string
  readonly score: number
  readonly type: number
}

/** What we need of sentencepiece's `ModelProto`. */
export interface SentencePieceModel {
  readonly pieces: readonly Piece[]
  readonly modelType: 'unigram' | 'bpe' | 'word' | 'char'
  readonly byteFallback: boolean
  readonly addDummyPrefix: boolean
  readonly removeExtraWhitespaces: boolean
  readonly escapeWhitespaces: boolean
  readonly whitespaceAsSuffix: boolean
  /** The normalization table; empty for none. */
  readonly characterMap: Uint8Array
}

const modelTypes = new Map([
  [1, 'unigram'],
  [2, 'bpe'],
  [3, 'word'],
  [4, 'char'],
] as const)

/** Reads the protobuf of a `.model` file. */
export function readSentencePieceModel(bytes: Uint8Array): SentencePieceModel {
  const pieces: Piece[] = []
  let trainer = new Uint8Array(0)
  let normalizer = new Uint8Array(0)
  for (const field of protobufFields(bytes, sentencePieceFile)) {
    if (!field.bytes) continue
    if (field.number === 1) pieces.push(readPiece(field.bytes))
    else if (field.number === 2) trainer = new Uint8Array(field.bytes)
    else if (field.number === 3) normalizer = new Uint8Array(field.bytes)
  }
  if (pieces.length === 0)
    throw new FormatError(`${sentencePieceFile}: there are no pieces in it`, sentencePieceFile, 'pieces')
  return { pieces, ...readTrainer(trainer), ...readNormalizer(normalizer) }
}

function readPiece(bytes: Uint8Array): Piece {
  let text = ''
  let score = 0
  let type: number = PieceType.normal
  for (const field of protobufFields(bytes, sentencePieceFile)) {
    if (field.number === 1 && field.bytes) text = fromUtf8(field.bytes)
    else if (field.number === 2) score = asFloat(field.value)
    else if (field.number === 3) type = field.value
  }
  if (!Number.isFinite(score))
    throw new FormatError(
      `${sentencePieceFile}: piece ${JSON.stringify(text)} has no finite score`,
      sentencePieceFile,
      'pieces',
    )
  return { text, score, type }
}

function readTrainer(bytes: Uint8Array) {
  let type = 1
  let byteFallback = false
  let whitespaceAsSuffix = false
  for (const field of protobufFields(bytes, sentencePieceFile)) {
    if (field.number === 3) type = field.value
    else if (field.number === 24) whitespaceAsSuffix = field.value !== 0
    else if (field.number === 35) byteFallback = field.value !== 0
  }
  const modelType = modelTypes.get(type as 1)
  if (!modelType)
    throw new FormatError(
      `${sentencePieceFile}: model type ${type} is unknown`,
      sentencePieceFile,
      'trainer_spec.model_type',
    )
  return { modelType, byteFallback, whitespaceAsSuffix }
}

function readNormalizer(bytes: Uint8Array) {
  let characterMap = new Uint8Array(0)
  let addDummyPrefix = true
  let removeExtraWhitespaces = true
  let escapeWhitespaces = true
  for (const field of protobufFields(bytes, sentencePieceFile)) {
    if (field.number === 2 && field.bytes) characterMap = new Uint8Array(field.bytes)
    else if (field.number === 3) addDummyPrefix = field.value !== 0
    else if (field.number === 4) removeExtraWhitespaces = field.value !== 0
    else if (field.number === 5) escapeWhitespaces = field.value !== 0
  }
  return { characterMap, addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces }
}
