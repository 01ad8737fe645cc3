import { expect, it } from 'vitest'
import { loadMachine } from './machine.ts'

it('multiplies and adds', () => expect(loadMachine().multiplyAdd(3)).toBe(1))

it('copies bytes', () => {
  const { memory, copy } = loadMachine()
  const bytes = new Uint8Array(memory.buffer)
  const source = Uint8Array.from({ length: 256 }, (_, i) => i)
  bytes.set(source)
  copy(0, 1024, 256)
  expect(bytes.slice(1024, 1024 + 257)).toEqual(Uint8Array.from([...source, 0]))
})
