import type { AddedToken } from '../pipeline/added-tokens.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { TokenizerJson } from '../tokenizer.ts'

/** Writes a pipeline in the layout of Hugging Face's tokenizer.json, version 1.0. */
export function pipelineToJson(pipeline: Pipeline): TokenizerJson {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: pipeline.addedTokens.toSorted((a, b) => a.id - b.id).map(addedTokenToJson),
    normalizer: pipeline.normalizer?.json ?? null,
    pre_tokenizer: pipeline.preTokenizer?.json ?? null,
    post_processor: pipeline.postProcessor?.json ?? null,
    decoder: pipeline.decoder?.json ?? null,
    model: pipeline.model.toJson(),
  }
}

function addedTokenToJson(token: AddedToken): object {
  return {
    id: token.id,
    content: token.content,
    single_word: token.singleWord,
    lstrip: token.lstrip,
    rstrip: token.rstrip,
    normalized: token.normalized,
    special: token.special,
  }
}
