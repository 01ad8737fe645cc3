import type { Decoder } from './decoder.ts'

/** Reads the end-of-word suffix (`</w>`) as a space, except at the end of the text. */
export function bpeDecoder(options: { suffix?: string } = {}): Decoder {
  const { suffix = '</w>' } = options
  return {
    json: { type: 'BPEDecoder', suffix },
    decode: tokens => tokens.map((token, i) => token.replaceAll(suffix, i === tokens.length - 1 ? '' : ' ')),
  }
}
