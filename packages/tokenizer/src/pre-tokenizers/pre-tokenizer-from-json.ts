import type { Fields } from '../files/fields.ts'
import { byteLevelPreTokenizer } from './byte-level.ts'
import type { PreTokenizer, SplitBehavior } from './pre-tokenizer.ts'
import { sequencePreTokenizer } from './sequence.ts'
import { splitPreTokenizer } from './split.ts'

type Reader = (fields: Fields) => PreTokenizer

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [
    'ByteLevel',
    fields =>
      byteLevelPreTokenizer({
        addPrefixSpace: fields.optionalBoolean('add_prefix_space') ?? true,
        trimOffsets: fields.optionalBoolean('trim_offsets') ?? true,
        useRegex: fields.optionalBoolean('use_regex') ?? true,
      }),
  ],
  ['Sequence', fields => sequencePreTokenizer(fields.objects('pretokenizers').map(preTokenizerFromJson))],
  [
    'Split',
    fields =>
      splitPreTokenizer({
        pattern: readPattern(fields),
        behavior: readBehavior(fields),
        invert: fields.optionalBoolean('invert') ?? false,
      }),
  ],
])

/** Reads the `pre_tokenizer` object of a tokenizer.json. */
export function preTokenizerFromJson(fields: Fields): PreTokenizer {
  const type = fields.string('type')
  const read = readers.get(type)
  if (!read)
    throw fields.error(
      'type',
      `there is no pre-tokenizer ${JSON.stringify(type)}; known are ${[...readers.keys()].join(', ')}`,
    )
  return read(fields)
}

function readPattern(fields: Fields): { String: string } | { Regex: string } {
  const pattern = fields.object('pattern')
  return pattern.has('String') ? { String: pattern.string('String') } : { Regex: pattern.string('Regex') }
}

const behaviors: readonly SplitBehavior[] = [
  'Isolated',
  'Removed',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
]

function readBehavior(fields: Fields): SplitBehavior {
  const name = fields.string('behavior')
  const behavior = behaviors.find(known => known === name)
  if (!behavior) throw fields.error('behavior', `must be one of ${behaviors.join(', ')}, got ${JSON.stringify(name)}`)
  return behavior
}
