import { byteLevelToBytes } from '../bytes/byte-alphabet.ts'
import { GrowableBytes } from '../bytes/growable.ts'
import { fromUtf8, toUtf8 } from '../bytes/utf8.ts'
import type { Decoder } from './decoder.ts'

/** Reads tokens in the byte-level alphabet back into text. Source: Hugging Face's `ByteLevel` decoder. */
export function byteLevelDecoder(options: { [field: string]: unknown } = {}): Decoder {
  return {
    json: {
      add_prefix_space: true,
      trim_offsets: true,
      use_regex: true,
      ...options,
      type: 'ByteLevel',
    },
    joinsBytes: true,
    decode(tokens) {
      const bytes = new GrowableBytes()
      for (const token of tokens) bytes.append(byteLevelToBytes(token) ?? toUtf8(token))
      return [fromUtf8(bytes.toArray())]
    },
  }
}
