import type { Decoder } from './decoder.ts'

/** Undoes the spaces that BERT-like tokenizers put around punctuation and English suffixes. */
export function cleanUpSpaces(text: string): string {
  return text
    .replaceAll(' .', '.')
    .replaceAll(' ?', '?')
    .replaceAll(' !', '!')
    .replaceAll(' ,', ',')
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replaceAll(" 'm", "'m")
    .replaceAll(' do not', " don't")
    .replaceAll(" 's", "'s")
    .replaceAll(" 've", "'ve")
    .replaceAll(" 're", "'re")
}

/** Joins tokens with spaces, continuing tokens without. Source: Hugging Face's `WordPiece` decoder. */
export function wordPieceDecoder(options: { prefix?: string; cleanup?: boolean } = {}): Decoder {
  const { prefix = '##', cleanup = true } = options
  const join = (token: string, i: number) => {
    if (i === 0) return token
    return token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`
  }
  return {
    json: { type: 'WordPiece', prefix, cleanup },
    decode: tokens => tokens.map((token, i) => (cleanup ? cleanUpSpaces(join(token, i)) : join(token, i))),
  }
}
