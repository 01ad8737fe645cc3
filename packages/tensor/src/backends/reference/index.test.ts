import { describe, expect, it } from 'vitest'
import { compute, computeOn, given, leaf } from '../../../test/compute.ts'
import { DeviceError, OutOfMemoryError } from '../../errors.ts'
import * as build from '../../graph/build.ts'
import { linearize } from '../../graph/linearize.ts'
import { createReferenceBackend } from './index.ts'

describe('memory', () => {
  it('keeps bytes and counts them', async () => {
    const backend = createReferenceBackend()
    const block = backend.alloc(4)
    backend.write(block, Uint8Array.of(1, 2, 3, 4))
    expect(await backend.read(block)).toEqual(Uint8Array.of(1, 2, 3, 4))
    expect(backend.memory()).toEqual({ live: 4, arena: 0, scratch: 0, peak: 4 })
    backend.free(block)
    expect(backend.memory()).toEqual({ live: 0, arena: 0, scratch: 0, peak: 4 })
    expect(() => backend.free(block)).toThrow(DeviceError)
  })

  it('refuses more than its limit and stays usable', () => {
    const backend = createReferenceBackend({ maxBytes: 10 })
    backend.alloc(6)
    expect(() => backend.alloc(5)).toThrow(new OutOfMemoryError(5, 4))
    expect(backend.alloc(4).bytes).toBe(4)
  })
})

describe('sources', () => {
  it('constant and iota', async () => {
    expect((await compute([], () => build.constant(0.1, 'f32'))).numbers).toEqual([Math.fround(0.1)])
    expect((await compute([], () => build.constant(-1, 'u32'))).numbers).toEqual([2 ** 32 - 1])
    expect((await compute([], () => build.iota(3))).numbers).toEqual([0, 1, 2])
    expect((await compute([], () => build.iota(0))).numbers).toEqual([])
  })

  it('random bits depend on key and position alone', async () => {
    const key = given([0, 0], [2], 'u32')
    const square = await compute([key], k => build.randomBits(k, [2, 2]))
    const row = await compute([key], k => build.randomBits(k, [4]))
    expect(square.numbers[0]).toBe(0x6b200159)
    expect(square.numbers).toEqual(row.numbers)
  })
})

describe('programs', () => {
  it('let an output overwrite the input that it replaces', async () => {
    const backend = createReferenceBackend()
    const [a, b] = [leaf({ shape: [2], dtype: 'f32' }), leaf({ shape: [2], dtype: 'f32' })]
    const swap = backend.compile({ ...linearize([a, b], []).graph(), outputs: [1, 0], replaces: [0, 1] })
    expect(swap.inPlace).toEqual([0, 1])
    const blocks = [1, 2].map(value => {
      const block = backend.alloc(8)
      backend.write(block, new Uint8Array(Float32Array.of(value, value).buffer))
      return block
    })
    backend.run(swap, blocks, blocks)
    const first = await backend.read(blocks[0]!)
    expect([...new Float32Array(first.buffer)]).toEqual([2, 2])
  })

  it('may give one node as two outputs', async () => {
    const x = leaf({ shape: [], dtype: 'f32' })
    const twice = build.binary('add', x, x)
    const results = await computeOn(createReferenceBackend(), [twice, x, twice], new Map([[x, given([3], [])]]))
    expect(results.map(({ numbers }) => numbers)).toEqual([[6], [3], [6]])
  })
})
