import { ArgumentError } from '../errors.ts'
import { type Encoding, joinFields, specialFields } from './encoding.ts'

/** How encodings of a batch are made equally long. */
export interface Padding {
  /** The id of the padding token. */
  readonly id: number
  /** Pad to this many tokens; by default to the longest encoding of the batch. */
  readonly length?: number
  /** Make the length a multiple of this. */
  readonly multipleOf?: number
  /** Which end is filled. Default `right`. */
  readonly side?: 'left' | 'right'
  /** Type id of the padding. Default 0. */
  readonly typeId?: number
}

/** Fills all encodings, and what was cut off from them, up to one length. */
export function padAll(encodings: readonly Encoding[], padding: Padding): Encoding[] {
  const { multipleOf = 1 } = padding
  if (!Number.isInteger(multipleOf) || multipleOf < 1)
    throw new ArgumentError(`padding: multipleOf must be a whole number from 1, got ${multipleOf}`, 'multipleOf')
  const longest = padding.length ?? encodings.reduce((most, { ids }) => Math.max(most, ids.length), 0)
  const length = Math.ceil(longest / multipleOf) * multipleOf
  return encodings.map(encoding => pad(encoding, length, padding))
}

function pad(encoding: Encoding, length: number, padding: Padding): Encoding {
  const overflowing = encoding.overflowing.map(part => pad(part, length, padding))
  const missing = length - encoding.ids.length
  if (missing <= 0) return { ...encoding, overflowing }
  const fill = specialFields(new Array<number>(missing).fill(padding.id), padding.typeId ?? 0, true)
  const parts = padding.side === 'left' ? [fill, encoding] : [encoding, fill]
  return { ...joinFields(parts), overflowing }
}
