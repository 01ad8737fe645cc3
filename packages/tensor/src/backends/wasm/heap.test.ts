import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OutOfMemoryError } from '../../errors.ts'
import { createHeap } from './heap.ts'

const fresh = (maxBytes = 2 ** 24): ReturnType<typeof createHeap> =>
  createHeap(new WebAssembly.Memory({ initial: 1, maximum: 256 }), 64, maxBytes)

test('live blocks never overlap, and freed memory is used again', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5000), fc.nat(100)), { maxLength: 200 }), steps => {
      const heap = fresh()
      const live: { address: number; bytes: number }[] = []
      for (const [bytes, pick] of steps) {
        if (pick % 3 === 0 && live.length > 0) heap.free(live.splice(pick % live.length, 1)[0]!)
        else live.push(heap.alloc(bytes))
        const sorted = live.toSorted((a, b) => a.address - b.address)
        sorted.forEach((block, i) =>
          expect(i === 0 || sorted[i - 1]!.address + sorted[i - 1]!.bytes <= block.address).toBe(true),
        )
      }
      for (const block of live) heap.free(block)
      expect(heap.live()).toBe(0)
    }),
  )
})

test('a cycle of allocations stays as large as one turn', () => {
  const heap = fresh()
  const turn = (): number => {
    const blocks = [100, 5000, 300, 80_000].map(bytes => heap.alloc(bytes))
    for (const block of blocks) heap.free(block)
    return Math.max(...blocks.map(block => block.address + block.bytes))
  }
  const first = turn()
  for (let i = 0; i < 100; i++) expect(turn()).toBe(first)
})

test('running out of memory is a typed error, and the heap stays usable', () => {
  const heap = fresh(2 ** 20)
  const block = heap.alloc(2 ** 19)
  expect(() => heap.alloc(2 ** 20)).toThrow(OutOfMemoryError)
  heap.free(block)
  expect(heap.alloc(2 ** 19).bytes).toBe(2 ** 19)
})
