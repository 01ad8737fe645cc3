import type { Fields } from '../files/fields.ts'
import { readPattern } from '../files/read-pattern.ts'
import { byteLevelPreTokenizer } from './byte-level.ts'
import { digits } from './digits.ts'
import { fixedLength } from './fixed-length.ts'
import { metaspace, type PrependScheme } from './metaspace.ts'
import type { PreTokenizer, SplitBehavior } from './pre-tokenizer.ts'
import { bertPreTokenizer } from './bert.ts'
import { punctuation } from './punctuation.ts'
import { sequencePreTokenizer } from './sequence.ts'
import { splitPreTokenizer } from './split.ts'
import { unicodeScripts } from './unicode-scripts.ts'
import { whitespace, whitespaceSplit } from './whitespace.ts'

type Reader = (fields: Fields) => PreTokenizer

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['BertPreTokenizer', bertPreTokenizer],
  ['ByteLevel', readByteLevel],
  ['CharDelimiterSplit', readCharDelimiterSplit],
  ['Digits', fields => digits({ individualDigits: fields.optionalBoolean('individual_digits') ?? false })],
  ['FixedLength', readFixedLength],
  ['Metaspace', readMetaspace],
  ['Punctuation', fields => punctuation({ behavior: readBehavior(fields) })],
  ['Sequence', fields => sequencePreTokenizer(fields.objects('pretokenizers').map(preTokenizerFromJson))],
  ['Split', readSplit],
  ['UnicodeScripts', unicodeScripts],
  ['Whitespace', whitespace],
  ['WhitespaceSplit', whitespaceSplit],
])

/** Reads the `pre_tokenizer` object of a tokenizer.json. */
export function preTokenizerFromJson(fields: Fields): PreTokenizer {
  return fields.dispatch('pre-tokenizer', readers)(fields)
}

function readByteLevel(fields: Fields): PreTokenizer {
  return byteLevelPreTokenizer({
    addPrefixSpace: fields.optionalBoolean('add_prefix_space') ?? true,
    trimOffsets: fields.optionalBoolean('trim_offsets') ?? true,
    useRegex: fields.optionalBoolean('use_regex') ?? true,
  })
}

function readSplit(fields: Fields): PreTokenizer {
  return splitPreTokenizer({
    pattern: readPattern(fields),
    behavior: readBehavior(fields),
    invert: fields.optionalBoolean('invert') ?? false,
  })
}

/** A split on one character under another name. */
function readCharDelimiterSplit(fields: Fields): PreTokenizer {
  const { split } = splitPreTokenizer({ pattern: { String: fields.string('delimiter') }, behavior: 'Removed' })
  return { json: { type: 'CharDelimiterSplit', delimiter: fields.string('delimiter') }, split }
}

function readFixedLength(fields: Fields): PreTokenizer {
  const length = fields.optionalNumber('length') ?? 5
  if (!Number.isInteger(length) || length < 1) throw fields.error('length', 'must be a whole number from 1')
  return fixedLength({ length })
}

const schemes: readonly PrependScheme[] = ['always', 'never', 'first']

function readMetaspace(fields: Fields): PreTokenizer {
  return metaspace({
    replacement: fields.optionalString('replacement') ?? '▁',
    prependScheme: readPrependScheme(fields),
    split: fields.optionalBoolean('split') ?? true,
  })
}

/** Old files have `add_prefix_space` instead of a scheme. */
export function readPrependScheme(fields: Fields): PrependScheme {
  const name = fields.optionalString('prepend_scheme')
  if (name === undefined) return (fields.optionalBoolean('add_prefix_space') ?? true) ? 'always' : 'never'
  const scheme = schemes.find(known => known === name)
  if (!scheme) throw fields.error('prepend_scheme', `must be one of ${schemes.join(', ')}, got ${JSON.stringify(name)}`)
  return scheme
}

const behaviors: readonly SplitBehavior[] = [
  'Isolated',
  'Removed',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
]

function readBehavior(fields: Fields): SplitBehavior {
  const name = fields.optionalString('behavior') ?? 'Isolated'
  const behavior = behaviors.find(known => known === name)
  if (!behavior) throw fields.error('behavior', `must be one of ${behaviors.join(', ')}, got ${JSON.stringify(name)}`)
  return behavior
}
