import type { Fields } from '../files/fields.ts'
import { plainTemplate, type PostProcessor, type TemplatePart } from './post-processor.ts'

type Reader = (fields: Fields) => PostProcessor

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['BertProcessing', readBert],
  ['ByteLevel', fields => ({ json: jsonOf(fields), ...plainTemplate, ...trimming(fields) })],
  ['RobertaProcessing', readRoberta],
  ['Sequence', readSequence],
  ['TemplateProcessing', readTemplate],
])

/** Reads the `post_processor` object of a tokenizer.json. */
export function postProcessorFromJson(fields: Fields): PostProcessor {
  return fields.dispatch('post-processor', readers)(fields)
}

const jsonOf = (fields: Fields) => ({ ...fields.all, type: fields.string('type') })
const special = (id: number, typeId: number): TemplatePart => ({ kind: 'special', ids: [id], typeId })
const sequence = (which: 0 | 1, typeId: number): TemplatePart => ({ kind: 'sequence', sequence: which, typeId })

function trimming(fields: Fields): Pick<PostProcessor, 'trimOffsets'> {
  if (!(fields.optionalBoolean('trim_offsets') ?? true)) return {}
  return { trimOffsets: { addPrefixSpace: fields.optionalBoolean('add_prefix_space') ?? true } }
}

/** `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`. */
function readBert(fields: Fields): PostProcessor {
  const cls = tokenId(fields, 'cls')
  const sep = tokenId(fields, 'sep')
  const single = [special(cls, 0), sequence(0, 0), special(sep, 0)]
  return { json: jsonOf(fields), single, pair: [...single, sequence(1, 1), special(sep, 1)] }
}

/** `<s> A </s>` and `<s> A </s> </s> B </s>`. */
function readRoberta(fields: Fields): PostProcessor {
  const cls = tokenId(fields, 'cls')
  const sep = tokenId(fields, 'sep')
  const single = [special(cls, 0), sequence(0, 0), special(sep, 0)]
  const pair = [...single, special(sep, 0), sequence(1, 0), special(sep, 0)]
  return { json: jsonOf(fields), single, pair, ...trimming(fields) }
}

function tokenId(fields: Fields, field: string): number {
  const [, id] = fields.array(field)
  if (typeof id !== 'number') throw fields.error(field, 'must be [token, id]')
  return id
}

/** The template of the part that has one, and the trimming of the part that trims. */
function readSequence(fields: Fields): PostProcessor {
  const parts = fields.objects('processors').map(postProcessorFromJson)
  const templates = parts.filter(part => part.json.type !== 'ByteLevel')
  if (templates.length > 1) throw fields.error('processors', 'only one of them may have a template')
  const { single, pair } = templates[0] ?? plainTemplate
  const trimOffsets = parts.find(part => part.trimOffsets)?.trimOffsets
  return { json: jsonOf(fields), single, pair, ...(trimOffsets && { trimOffsets }) }
}

function readTemplate(fields: Fields): PostProcessor {
  const tokens = new Map(Object.keys(fields.record('special_tokens')).map(name => [name, tokenIds(fields, name)]))
  const single = fields.objects('single').map(part => readPart(part, tokens))
  const pair = fields.objects('pair').map(part => readPart(part, tokens))
  return { json: jsonOf(fields), single, pair }
}

function tokenIds(fields: Fields, name: string): number[] {
  const token = fields.object('special_tokens').object(name)
  return token.array('ids').map(id => {
    if (typeof id !== 'number') throw token.error('ids', 'must be numbers')
    return id
  })
}

function readPart(fields: Fields, tokens: ReadonlyMap<string, number[]>): TemplatePart {
  if (fields.has('Sequence')) {
    const part = fields.object('Sequence')
    const id = part.string('id')
    if (id !== 'A' && id !== 'B') throw part.error('id', 'must be A or B')
    return sequence(id === 'A' ? 0 : 1, part.optionalNumber('type_id') ?? 0)
  }
  const part = fields.object('SpecialToken')
  const ids = tokens.get(part.string('id'))
  if (!ids) throw part.error('id', `${JSON.stringify(part.string('id'))} is not among special_tokens`)
  return { kind: 'special', ids, typeId: part.optionalNumber('type_id') ?? 0 }
}
