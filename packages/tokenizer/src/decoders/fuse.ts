import type { Decoder } from './decoder.ts'

/** Joins all tokens without anything between them. */
export function fuseDecoder(): Decoder {
  return { json: { type: 'Fuse' }, decode: tokens => [tokens.join('')] }
}
