import type { Decoder } from './decoder.ts'
import { cleanUpSpaces } from './word-piece.ts'

export interface CtcOptions {
  padToken?: string
  wordDelimiterToken?: string
  cleanup?: boolean
}

/** Reads the output of a CTC model: repetitions are one token, pads are nothing. Source: Graves et al., 2006. */
export function ctcDecoder(options: CtcOptions = {}): Decoder {
  const { padToken = '<pad>', wordDelimiterToken = '|', cleanup = true } = options
  const read = (token: string) => {
    const text = token.replaceAll(padToken, '')
    return cleanup ? cleanUpSpaces(text).replaceAll(wordDelimiterToken, ' ') : text
  }
  return {
    json: { type: 'CTC', pad_token: padToken, word_delimiter_token: wordDelimiterToken, cleanup },
    decode: tokens =>
      tokens
        .filter((token, i) => token !== tokens[i - 1])
        .map(read)
        .filter(text => text !== ''),
  }
}
