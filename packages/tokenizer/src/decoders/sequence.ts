import type { Decoder } from './decoder.ts'

/** Runs decoders one after the other on the list of tokens. */
export function sequenceDecoder(parts: readonly Decoder[]): Decoder {
  const json = { type: 'Sequence', decoders: parts.map(part => part.json) }
  const decode = (tokens: string[]) => parts.reduce((list, part) => part.decode(list), tokens)
  return parts.length === 1 && parts[0]!.joinsBytes ? { json, decode, joinsBytes: true } : { json, decode }
}
