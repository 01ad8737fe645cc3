import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toUtf8 } from '../bytes/utf8.ts'
import { Utf16Cursor } from './utf16-cursor.ts'

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '中', '😀'), maxLength: 30 })

/** For each byte offset the units before the character it is in, and up to the next boundary. */
function byDefinition(value: string): { floor: number[]; ceil: number[] } {
  const [floor, ceil]: [number[], number[]] = [[], []]
  let unit = 0
  for (const character of value) {
    toUtf8(character).forEach((_, i) => {
      floor.push(unit)
      ceil.push(i === 0 ? unit : unit + character.length)
    })
    unit += character.length
  }
  return { floor: [...floor, unit], ceil: [...ceil, unit] }
}

it('gives the units before and up to every byte offset, in any order', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat()), (value, places) => {
      const bytes = toUtf8(value)
      const { floor, ceil } = byDefinition(value)
      const cursor = new Utf16Cursor(Uint8Array.of(...bytes, 0xff), bytes.length, value.length === bytes.length)
      const offsets = places.map(place => place % (bytes.length + 1))
      expect(offsets.map(byte => cursor.floor(byte))).toEqual(offsets.map(byte => floor[byte]))
      expect(offsets.map(byte => cursor.ceil(byte))).toEqual(offsets.map(byte => ceil[byte]))
      const starts = offsets.slice(1).map((byte, i) => Math.min(byte, offsets[i]!))
      const ranges = Uint32Array.from(starts.flatMap((start, i) => [start, Math.max(offsets[i]!, offsets[i + 1]!)]))
      const units = Array.from(ranges, (byte, i) => 7 + (i % 2 === 0 ? floor : ceil)[byte]!)
      cursor.convertRanges(ranges, 0, ranges.length, 7)
      expect(Array.from(ranges)).toEqual(units)
    }),
  )
})
