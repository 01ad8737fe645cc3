import { Tensor, tensor } from '@wids/tensor'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { collate, DataLoader, type Dataset, shuffledOrder, StreamLoader, TokenWindows } from '../src/index.ts'

const numbers = Array.from({ length: 10 }, (_, i) => i)
const plain = { collate: (items: readonly number[]): readonly number[] => items }

async function all<Batch>(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const seen: Batch[] = []
  for await (const batch of batches) seen.push(batch)
  return seen
}

describe('an order', () => {
  it('is a permutation that seed and epoch decide', () => {
    const order = shuffledOrder(1000, 7, 3)
    expect([...order].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    expect(shuffledOrder(1000, 7, 3)).toEqual(order)
    expect(shuffledOrder(1000, 7, 4)).not.toEqual(order)
    expect(shuffledOrder(1000, 8, 3)).not.toEqual(order)
    expect(shuffledOrder(1000, 7 + 2 ** 40, 3)).not.toEqual(order)
  })

  it('stays as it is for those who resume', () => {
    expect([...shuffledOrder(8, 7, 0)]).toEqual([5, 3, 0, 7, 1, 6, 2, 4])
  })

  it('has every place equally likely', () => {
    const counts = new Array<number>(16).fill(0)
    for (let epoch = 0; epoch < 4000; epoch++) {
      const order = shuffledOrder(4, 1, epoch)
      for (const [place, item] of order.entries()) counts[place * 4 + item]!++
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(750))
  })
})

describe('a loader', () => {
  it('makes batches in order, the last one shorter unless it is dropped', async () => {
    expect(await all(new DataLoader(numbers, { batchSize: 4, ...plain }))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ])
    const full = new DataLoader(numbers, { batchSize: 4, dropLast: true, ...plain })
    expect([full.length, (await all(full)).length]).toEqual([2, 2])
  })

  it('shuffles each epoch anew', async () => {
    const loader = new DataLoader(numbers, { batchSize: 3, shuffle: true, seed: 5, ...plain })
    const epochs = [(await all(loader)).flat(), (await all(loader)).flat()]
    expect(epochs[0]).not.toEqual(epochs[1])
    for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual(numbers)
    expect(loader.cursor).toEqual({ epoch: 2, batch: 0 })
  })

  it.each([0, 1, 3])('resumes at every batch, with %d prefetched', async prefetch => {
    const options = { batchSize: 3, shuffle: true, seed: 5, prefetch, ...plain }
    const whole = new DataLoader(numbers, options)
    const expected = [...(await all(whole)), ...(await all(whole))]
    for (let stop = 1; stop <= expected.length; stop++) {
      const first = new DataLoader(numbers, options)
      const seen: (readonly number[])[] = []
      while (seen.length < stop)
        for await (const batch of first) {
          seen.push(batch)
          if (seen.length === stop) break
        }
      const second = new DataLoader(numbers, options)
      second.seek(JSON.parse(JSON.stringify(first.cursor)) as typeof first.cursor)
      while (second.cursor.epoch < 2) seen.push(...(await all(second)))
      expect(seen).toEqual(expected)
    }
  })

  it('reads ahead, and passes errors on where they belong', async () => {
    const read: number[] = []
    const slow: Dataset<number> = {
      length: 6,
      get: async index => {
        read.push(index)
        await Promise.resolve()
        if (index === 4) throw new Error('item 4 is damaged')
        return index
      },
    }
    const batches = new DataLoader(slow, { prefetch: 2, ...plain })[Symbol.asyncIterator]()
    expect((await batches.next()).value).toEqual([0])
    await new Promise(resolve => setTimeout(resolve, 5))
    expect(read).toEqual([0, 1, 2])
    const rest = async (): Promise<void> => {
      while ((await batches.next()).done !== true);
    }
    await expect(rest()).rejects.toThrow('item 4 is damaged')
  })

  it('joins what items hold', async () => {
    const items = [0, 1].map(i => ({
      pixels: Float32Array.of(i, 2),
      value: i / 2,
      name: `n${i}`,
      pair: [Int32Array.of(i), tensor([i])] as const,
    }))
    const [batch] = await all(new DataLoader(items, { batchSize: 2 }))
    expectTypeOf(batch!.pixels).toEqualTypeOf<Tensor>()
    expectTypeOf(batch!.name).toEqualTypeOf<string[]>()
    expect(await batch!.pixels.toArray()).toEqual([
      [0, 2],
      [1, 2],
    ])
    expect(await batch!.value.toArray()).toEqual([0, 0.5])
    expect(batch!.name).toEqual(['n0', 'n1'])
    expect(batch!.pair.map(part => [part.dtype, part.shape])).toEqual([
      ['i32', [2, 1]],
      ['f32', [2, 1]],
    ])
  })
})

describe('a stream', () => {
  const count = async function* (epoch: number): AsyncGenerator<number> {
    for (let i = 0; i < 7; i++) yield await Promise.resolve(epoch * 100 + i)
  }

  it('of unknown length makes batches, epoch after epoch', async () => {
    const loader = new StreamLoader(count, { batchSize: 3, ...plain })
    expect(await all(loader)).toEqual([[0, 1, 2], [3, 4, 5], [6]])
    expect(loader.cursor).toEqual({ epoch: 1, batch: 0 })
    const full = new StreamLoader(count, { batchSize: 3, dropLast: true, ...plain })
    full.seek({ epoch: 1, batch: 1 })
    expect(await all(full)).toEqual([[103, 104, 105]])
  })

  it('may be any iterable', async () => {
    expect(await all(new StreamLoader(['a', 'b', 'c'], { batchSize: 2 }))).toEqual([['a', 'b'], ['c']])
  })
})

describe('windows over tokens', () => {
  it('predict each token once, or begin anywhere', async () => {
    const windows = new TokenWindows(Uint16Array.from(numbers), { length: 3 })
    const [batch] = await all(new DataLoader(windows, { batchSize: 3 }))
    const [x, y] = batch!
    expect([windows.length, x.dtype]).toEqual([3, 'i32'])
    expect(await x.toArray()).toEqual([[0, 1, 2], [3, 4, 5], [6, 7, 8]]) // prettier-ignore
    expect(await y.toArray()).toEqual([[1, 2, 3], [4, 5, 6], [7, 8, 9]]) // prettier-ignore
    const anywhere = new TokenWindows(numbers, { length: 3, stride: 1 })
    expect([anywhere.length, [...anywhere.get(6)[1]]]).toEqual([7, [7, 8, 9]])
  })
})

describe('errors name what does not fit:', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['a batch size', () => new DataLoader(numbers, { batchSize: 0 }), 'batchSize is a positive integer'],
    ['no batch', () => new DataLoader([1], { batchSize: 2, dropLast: true }), '1 items make no batch of 2'],
    ['prefetch', () => new StreamLoader(numbers, { prefetch: -1 }), 'prefetch'],
    ['a cursor', () => new DataLoader(numbers).seek({ epoch: 0, batch: 10 }), 'an epoch has 10 batches, got batch 10'],
    ['short text', () => new TokenWindows([1, 2, 3], { length: 3 }), 'needs 4 tokens, got 3'],
    ['a window', () => new TokenWindows(numbers, { length: 3 }).get(3), 'windows are 0 to 2, got 3'],
    ['ragged items', () => collate([Float32Array.of(1), Float32Array.of(1, 2)]), 'item has arrays of several lengths'],
    ['mixed items', () => collate([{ a: [1, null] }, { a: [2, null] }]), 'item.a[1] cannot be joined'],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
  })
})
