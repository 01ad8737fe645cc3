import fc from 'fast-check'
import { expect, it } from 'vitest'
import { absent, ShortKeyTable } from './short-key-table.ts'

it('a table of short keys gives back what was stored, wherever in a text the key stands', () => {
  const keys = fc.array(fc.uint8Array({ minLength: 1, maxLength: 8 }), { maxLength: 200 })
  fc.assert(
    fc.property(keys, keys, fc.nat(12), (stored, others, room) => {
      const table = new ShortKeyTable(4)
      const values = new Map<string, number>()
      for (const key of stored)
        if (!values.has(String(key))) {
          table.add(key, 0, key.length, values.size)
          values.set(String(key), values.size)
        }
      expect(table.count).toBe(values.size)
      for (const key of [...stored, ...others]) {
        const text = new Uint8Array(3 + key.length + room).fill(0x61)
        text.set(key, 3)
        expect(table.get(text, 3, key.length)).toBe(values.get(String(key)) ?? absent)
      }
    }),
  )
})
