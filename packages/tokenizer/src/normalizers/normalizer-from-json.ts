import type { Fields } from '../files/fields.ts'
import { bertNormalizer } from './bert.ts'
import { byteLevelNormalizer } from './byte-level.ts'
import { lowercase } from './lowercase.ts'
import { nmt } from './nmt.ts'
import type { Normalizer } from './normalizer.ts'
import { characterMapFromBase64, precompiled } from './precompiled.ts'
import { prepend, replace } from './replace.ts'
import { sequenceNormalizer } from './sequence.ts'
import { strip, stripAccents } from './strip.ts'
import { unicodeForm, type UnicodeForm } from './unicode-form.ts'
import { readPattern } from '../files/read-pattern.ts'

type Reader = (fields: Fields) => Normalizer

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['BertNormalizer', readBert],
  ['ByteLevel', byteLevelNormalizer],
  ['Lowercase', lowercase],
  ['Nmt', nmt],
  ...(['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map((form: UnicodeForm): [string, Reader] => [
    form,
    () => unicodeForm(form),
  ]),
  ['Precompiled', readPrecompiled],
  ['Prepend', fields => prepend({ prepend: fields.string('prepend') })],
  ['Replace', fields => replace({ pattern: readPattern(fields), content: fields.string('content') })],
  ['Sequence', fields => sequenceNormalizer(fields.objects('normalizers').map(normalizerFromJson))],
  [
    'Strip',
    fields =>
      strip({
        left: fields.optionalBoolean('strip_left') ?? true,
        right: fields.optionalBoolean('strip_right') ?? true,
      }),
  ],
  ['StripAccents', stripAccents],
])

/** Reads the `normalizer` object of a tokenizer.json. */
export function normalizerFromJson(fields: Fields): Normalizer {
  return fields.dispatch('normalizer', readers)(fields)
}

function readBert(fields: Fields): Normalizer {
  return bertNormalizer({
    cleanText: fields.optionalBoolean('clean_text') ?? true,
    handleChineseChars: fields.optionalBoolean('handle_chinese_chars') ?? true,
    stripAccents: fields.optionalBoolean('strip_accents') ?? null,
    lowercase: fields.optionalBoolean('lowercase') ?? true,
  })
}

function readPrecompiled(fields: Fields): Normalizer {
  // Old converters wrote null for an empty map.
  const map = fields.optionalString('precompiled_charsmap') ?? ''
  if (map === '') return { json: { type: 'Precompiled', precompiled_charsmap: null }, normalize: text => text }
  // `match` and `kept` are ours: Hugging Face's own files do not have them.
  const match = fields.get('match') === 'longest' ? 'longest' : 'shortest'
  const kept = fields.has('kept') ? fields.strings('kept') : []
  return precompiled(characterMapFromBase64(map, 'tokenizer.json', fields.at('precompiled_charsmap')), match, kept)
}
