import { decoderFromJson } from '../decoders/decoder-from-json.ts'
import { modelFromJson } from '../models/model-from-json.ts'
import { normalizerFromJson } from '../normalizers/normalizer-from-json.ts'
import type { AddedToken } from '../pipeline/added-tokens.ts'
import { PipelineTokenizer } from '../pipeline/pipeline-tokenizer.ts'
import { postProcessorFromJson } from '../post-processors/post-processor-from-json.ts'
import { preTokenizerFromJson } from '../pre-tokenizers/pre-tokenizer-from-json.ts'
import { Fields } from './fields.ts'
import { parseJson } from './parse-json.ts'

const file = 'tokenizer.json'

/**
 * Reads a tokenizer.json as Hugging Face writes it, from its text or as a parsed object. Throws `FormatError` with the
 * path inside the file.
 *
 * @example
 * const tokenizer = fromTokenizerJson(await readFile('tokenizer.json', 'utf8'))
 * tokenizer.encode('Hello, world')
 */
export function fromTokenizerJson(json: string | object): PipelineTokenizer {
  const root = new Fields(typeof json === 'string' ? parseJson(json, file) : json, '', file)
  const normalizer = root.optionalObject('normalizer')
  const preTokenizer = root.optionalObject('pre_tokenizer')
  const postProcessor = root.optionalObject('post_processor')
  const decoder = root.optionalObject('decoder')
  return new PipelineTokenizer({
    addedTokens: root.has('added_tokens') ? root.objects('added_tokens').map(readAddedToken) : [],
    normalizer: normalizer && normalizerFromJson(normalizer),
    preTokenizer: preTokenizer && preTokenizerFromJson(preTokenizer),
    postProcessor: postProcessor && postProcessorFromJson(postProcessor),
    model: modelFromJson(root.object('model'), hasByteLevel(root)),
    decoder: decoder && decoderFromJson(decoder),
  })
}

function readAddedToken(fields: Fields): AddedToken {
  const special = fields.optionalBoolean('special') ?? false
  return {
    id: fields.number('id'),
    content: fields.string('content'),
    special,
    singleWord: fields.optionalBoolean('single_word') ?? false,
    lstrip: fields.optionalBoolean('lstrip') ?? false,
    rstrip: fields.optionalBoolean('rstrip') ?? false,
    normalized: fields.optionalBoolean('normalized') ?? !special,
  }
}

/** Whether words reach the model in the byte-level alphabet. */
function hasByteLevel(root: Fields): boolean {
  const parts = (field: string, list: string) => {
    const component = root.optionalObject(field)
    if (!component) return []
    return component.get('type') === 'Sequence' ? component.objects(list) : [component]
  }
  return [...parts('pre_tokenizer', 'pretokenizers'), ...parts('normalizer', 'normalizers')].some(
    part => part.get('type') === 'ByteLevel',
  )
}
