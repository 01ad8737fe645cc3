import { CharTokenizer } from './char-tokenizer.ts'
import { parseJson } from './files/parse-json.ts'
import { fromTokenizerJson } from './files/tokenizer-json.ts'
import type { Tokenizer } from './tokenizer.ts'

/**
 * Reads a saved tokenizer of any kind: what `toJson` of any tokenizer of this package wrote, or any other
 * tokenizer.json. Takes the text of the file or the parsed object. Throws `FormatError` with the path inside the file.
 *
 * @example
 * const tokenizer = loadTokenizer(JSON.stringify(CharTokenizer.train('abc').toJson()))
 * tokenizer.encode('cab') // Uint32Array [2, 0, 1]
 */
export function loadTokenizer(json: string | object): Tokenizer {
  const data = typeof json === 'string' ? parseJson(json, 'tokenizer.json') : json
  return isCharTokenizer(data) ? CharTokenizer.fromJson(data) : fromTokenizerJson(data as object)
}

/** BPE without merges and without any other stage is one token per character. */
function isCharTokenizer(data: unknown): data is object {
  const { model, pre_tokenizer, normalizer, post_processor, added_tokens } = Object(data) as Record<string, unknown>
  const { merges, unk_token, byte_fallback, vocab } = Object(model) as Record<string, unknown>
  const isEmpty = (list: unknown) => Array.isArray(list) && list.length === 0
  const isAbsent = (...stages: unknown[]) => stages.every(stage => stage === undefined || stage === null)
  return (
    isEmpty(merges) &&
    (added_tokens === undefined || isEmpty(added_tokens)) &&
    isAbsent(pre_tokenizer, normalizer, post_processor, unk_token) &&
    byte_fallback !== true &&
    Object.keys(Object(vocab) as object).every(token => Array.from(token).length === 1)
  )
}
