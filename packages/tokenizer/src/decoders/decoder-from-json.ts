import type { Fields } from '../files/fields.ts'
import { readPattern } from '../files/read-pattern.ts'
import { readPrependScheme } from '../pre-tokenizers/pre-tokenizer-from-json.ts'
import { bpeDecoder } from './bpe.ts'
import { byteFallbackDecoder } from './byte-fallback.ts'
import { byteLevelDecoder } from './byte-level.ts'
import { ctcDecoder } from './ctc.ts'
import type { Decoder } from './decoder.ts'
import { fuseDecoder } from './fuse.ts'
import { metaspaceDecoder } from './metaspace.ts'
import { replaceDecoder, stripDecoder } from './replace.ts'
import { sequenceDecoder } from './sequence.ts'
import { wordPieceDecoder } from './word-piece.ts'

type Reader = (fields: Fields) => Decoder

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['BPEDecoder', fields => bpeDecoder({ suffix: fields.optionalString('suffix') ?? '</w>' })],
  ['ByteFallback', byteFallbackDecoder],
  ['ByteLevel', fields => byteLevelDecoder(fields.all)],
  ['CTC', readCtc],
  ['Fuse', fuseDecoder],
  ['Metaspace', readMetaspace],
  ['Replace', fields => replaceDecoder({ pattern: readPattern(fields), content: fields.string('content') })],
  ['Sequence', fields => sequenceDecoder(fields.objects('decoders').map(decoderFromJson))],
  ['Strip', readStrip],
  ['WordPiece', readWordPiece],
])

/** Reads the `decoder` object of a tokenizer.json. */
export function decoderFromJson(fields: Fields): Decoder {
  return fields.dispatch('decoder', readers)(fields)
}

function readCtc(fields: Fields): Decoder {
  return ctcDecoder({
    padToken: fields.optionalString('pad_token') ?? '<pad>',
    wordDelimiterToken: fields.optionalString('word_delimiter_token') ?? '|',
    cleanup: fields.optionalBoolean('cleanup') ?? true,
  })
}

function readMetaspace(fields: Fields): Decoder {
  return metaspaceDecoder({
    replacement: fields.optionalString('replacement') ?? '▁',
    prependScheme: readPrependScheme(fields),
    split: fields.optionalBoolean('split') ?? true,
  })
}

function readStrip(fields: Fields): Decoder {
  const content = fields.string('content')
  if (content === '') throw fields.error('content', 'must not be empty')
  return stripDecoder({ content, start: fields.optionalNumber('start') ?? 0, stop: fields.optionalNumber('stop') ?? 0 })
}

function readWordPiece(fields: Fields): Decoder {
  return wordPieceDecoder({
    prefix: fields.optionalString('prefix') ?? '##',
    cleanup: fields.optionalBoolean('cleanup') ?? true,
  })
}
