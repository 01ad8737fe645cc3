import { byteLevelDecoder } from './decoders/byte-level.ts'
import { ArgumentError } from './errors.ts'
import { byteModel } from './models/byte.ts'
import { PipelineTokenizer } from './pipeline/pipeline-tokenizer.ts'
import { byteLevelPreTokenizer } from './pre-tokenizers/byte-level.ts'
import { specialTokensFrom } from './trainers/special-tokens.ts'

/**
 * A tokenizer whose tokens are the 256 bytes of UTF-8: nothing to train, and every text can be encoded. Special tokens
 * take the first ids, so `['<pad>', '</s>', '<unk>']` gives the ids of ByT5. Throws `ArgumentError` for a special token
 * that is there twice or is a single byte.
 *
 * @example
 * const tokenizer = byteTokenizer({ specialTokens: ['<end>'] })
 * tokenizer.encode('é!') // Uint32Array [196, 170, 34]
 */
export function byteTokenizer(options: { specialTokens?: readonly string[] } = {}): PipelineTokenizer {
  const { specialTokens = [] } = options
  const wrong = specialTokens.find((token, i) => token.length < 2 || specialTokens.indexOf(token) !== i)
  if (wrong !== undefined)
    throw new ArgumentError(
      `byteTokenizer: special tokens must differ and be longer than one character, got ${JSON.stringify(wrong)}`,
      'specialTokens',
    )
  return new PipelineTokenizer({
    addedTokens: specialTokensFrom(specialTokens),
    preTokenizer: byteLevelPreTokenizer({ addPrefixSpace: false, useRegex: false }),
    model: byteModel(specialTokens),
    decoder: byteLevelDecoder(),
  })
}
