import type { Fields } from '../files/fields.ts'
import { byteLevelDecoder } from './byte-level.ts'
import type { Decoder } from './decoder.ts'
import { fuseDecoder } from './fuse.ts'

type Reader = (fields: Fields) => Decoder

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['ByteLevel', fields => byteLevelDecoder(fields.all)],
  ['Fuse', fuseDecoder],
])

/** Reads the `decoder` object of a tokenizer.json. */
export function decoderFromJson(fields: Fields): Decoder {
  const type = fields.string('type')
  const read = readers.get(type)
  if (!read)
    throw fields.error(
      'type',
      `there is no decoder ${JSON.stringify(type)}; known are ${[...readers.keys()].join(', ')}`,
    )
  return read(fields)
}
