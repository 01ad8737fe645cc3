import type { PrependScheme } from '../pre-tokenizers/metaspace.ts'
import type { Decoder } from './decoder.ts'

/** Reads `▁` as a space; in the first token it was put there by the pre-tokenizer and is dropped. */
export function metaspaceDecoder(
  options: { replacement?: string; prependScheme?: PrependScheme; split?: boolean } = {},
): Decoder {
  const { replacement = '▁', prependScheme = 'always', split = true } = options
  return {
    json: { type: 'Metaspace', replacement, prepend_scheme: prependScheme, split },
    decode: tokens =>
      tokens.map((token, i) => token.replaceAll(replacement, i === 0 && prependScheme !== 'never' ? '' : ' ')),
  }
}
