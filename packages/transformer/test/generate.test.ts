import { arange, compile, manualSeed, memory, randint, randn, type Tensor, tensor } from '@wids/tensor'
import { expectClose, tolerances } from '@wids/testing'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { generate, type GenerateOptions, GPT, type KeyValueCache } from '../src/index.ts'

const sizes = { vocabSize: 11, context: 8, layers: 2, heads: 2, width: 16 }
/** A model with opinions: as it is initialised, it repeats the last token. */
function makeModel(options: { readonly bias?: boolean; readonly dropout?: number } = {}): GPT {
  const model = new GPT({ ...sizes, ...options })
  for (const matrix of model.parameters().filter(parameter => parameter.rank === 2))
    matrix.assign(randn(matrix.shape).mul(0.5))
  return model
}
const i32 = (ids: readonly number[]): Tensor => tensor(Int32Array.from(ids), { shape: [1, ids.length] })

async function tokensOf(model: GPT, prompt: readonly number[], options: GenerateOptions): Promise<number[]> {
  const ids: number[] = []
  for await (const id of generate(model, prompt, options)) ids.push(id)
  return ids
}

beforeEach(() => manualSeed(1))

describe('the cache', () => {
  it.each([[[8]], [[1, 1, 1, 1, 1, 1, 1, 1]], [[3, 1, 4]], [[2, 6]]])(
    'gives the logits of no cache, read %j at a time',
    async pieces => {
      const model = makeModel()
      const ids = [3, 1, 4, 1, 5, 9, 2, 6]
      const all = model.forward(i32(ids))
      let cache: KeyValueCache = model.emptyCache()
      let read = 0
      for (const length of pieces) {
        const next = model.extend(i32(ids.slice(read, read + length)), cache)
        read += length
        cache = next.cache
        expectClose(await next.logits.data(), await all.at(0, read - 1).data(), tolerances.rounded, `after ${read}`)
      }
      expect(await cache.position.item()).toBe(8)
    },
  )

  it('ignores padding behind the ids that count', async () => {
    const model = makeModel()
    const count = tensor(new Int32Array([3]), { shape: [] })
    const padded = model.extend(i32([3, 1, 4, 0, 0, 0, 0, 0]), model.emptyCache(), count)
    const after = model.extend(i32([1]), padded.cache)
    expectClose(
      await padded.logits.data(),
      await model
        .forward(i32([3, 1, 4]))
        .at(0, 2)
        .data(),
    )
    expectClose(
      await after.logits.data(),
      await model
        .forward(i32([3, 1, 4, 1]))
        .at(0, 3)
        .data(),
    )
  })

  it('serves several sequences at once', async () => {
    const model = makeModel()
    const ids = tensor(Int32Array.from([3, 1, 4, 1, 5, 9]), { shape: [2, 3] })
    const { cache } = model.extend(ids.narrow(1, 0, 2), model.emptyCache(2))
    const { logits } = model.extend(ids.narrow(1, 2, 1), cache)
    expectClose(await logits.data(), await model.forward(ids).narrow(1, 2, 1).data())
  })

  it('is one program for every position', async () => {
    const model = makeModel()
    let traced = 0
    const extend = compile((ids: Tensor, cache: KeyValueCache) => {
      traced++
      return model.extend(ids, cache)
    })
    let cache = model.emptyCache()
    for (const id of [3, 1, 4, 1, 5]) cache = extend(i32([id]), cache).cache
    expect(await cache.position.item()).toBe(5)
    expect(traced).toBe(1)
  })

  it.each([
    ['greedily', { temperature: 0 }],
    ['by chance', { temperature: 1, seed: 7 }],
    ['by chance among few', { temperature: 1.3, topK: 4, topP: 0.9, seed: 7 }],
  ])('generates the tokens of no cache far beyond the context, %s', async (_, options) => {
    const model = makeModel()
    for (const prompt of [[3], [1, 2, 3, 4, 5, 6, 7, 8], [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2]].map(ids =>
      ids.map(id => id % 11),
    )) {
      const [cached, full] = [
        await tokensOf(model, prompt, { ...options, maxTokens: 30 }),
        await tokensOf(model, prompt, { ...options, maxTokens: 30, cache: false }),
      ]
      expect(cached).toEqual(full)
      expect(new Set(cached).size).toBeGreaterThan(1)
    }
  })
})

describe.each(['f16', 'bf16'] as const)('weights stored in %s', dtype => {
  it('give the logits of the same numbers in f32, in f32', async () => {
    const model = makeModel().to(dtype)
    const wide = new GPT(sizes)
    wide.loadStateDict(model.stateDict())
    const ids = i32([3, 1, 4, 1, 5])
    expect(new Set(model.parameters().map(parameter => parameter.dtype))).toEqual(new Set([dtype]))
    expect(model.forward(ids).dtype).toBe('f32')
    expectClose(await model.forward(ids).data(), await wide.forward(ids).data(), tolerances.rounded)
  })

  it('give the same tokens with a cache and without', async () => {
    const model = makeModel().to(dtype)
    const options = { temperature: 0, maxTokens: 20 }
    const ids = await tokensOf(model, [3, 1], options)
    expect(ids).toEqual(await tokensOf(model, [3, 1], { ...options, cache: false }))
    expect(new Set(ids).size).toBeGreaterThan(1)
  })
})

describe('the session', () => {
  const greedy = { temperature: 0, maxTokens: 12 }

  it('serves the next text without another trace, left early or not', async () => {
    const model = makeModel()
    const wanted = await tokensOf(model, [3], { ...greedy, cache: false })
    const extend = vi.spyOn(model, 'extend')
    expect(await tokensOf(model, [3], greedy)).toEqual(wanted)
    const traces = extend.mock.calls.length
    for await (const id of generate(model, [7, 1], greedy)) if (id >= 0) break
    const afterTwo = extend.mock.calls.length
    expect(await tokensOf(model, [3], greedy)).toEqual(wanted)
    await tokensOf(model, [7, 1], greedy)
    expect(afterTwo).toBeGreaterThan(traces) // a prompt of two
    expect(extend.mock.calls.length).toBe(afterTwo)
  })

  it('belongs to one text at a time', async () => {
    const model = makeModel()
    const prompts = [[3], [9], [2, 5]]
    const alone = await Promise.all(prompts.map(prompt => tokensOf(model, prompt, { ...greedy, cache: false })))
    const streams = prompts.map(prompt => generate(model, prompt, greedy))
    const together: number[][] = prompts.map(() => [])
    for (let count = 0; count < greedy.maxTokens; count++)
      for (const [i, stream] of streams.entries()) {
        const next = await stream.next()
        if (next.done !== true) together[i]!.push(next.value)
      }
    expect(together).toEqual(alone)
  })

  it('sees parameters that were assigned or exchanged', async () => {
    const model = makeModel()
    const before = await tokensOf(model, [3], greedy)
    model.wpe.weight.assign(randn([8, 16]))
    const assigned = await tokensOf(model, [3], greedy)
    expect(assigned).toEqual(await tokensOf(model, [3], { ...greedy, cache: false }))
    model.h[0]!.mlp = makeModel().h[0]!.mlp
    const exchanged = await tokensOf(model, [3], greedy)
    expect(exchanged).toEqual(await tokensOf(model, [3], { ...greedy, cache: false }))
    expect(new Set([before, assigned, exchanged].map(ids => ids.join())).size).toBe(3)
  })

  it('needs no more memory from text to text', async () => {
    const model = new GPT({ ...sizes, context: 128, width: 64 })
    const bytesOfCache = 2 * sizes.layers * 128 * 64 * 4
    await tokensOf(model, [3], greedy)
    const { live } = memory()
    for (let text = 0; text < 20; text++) await tokensOf(model, [text % 11], greedy)
    expect(memory().live - live).toBeLessThan(bytesOfCache)
  })
})

describe('generate', () => {
  it('gives the same tokens for the same seed, others for another', async () => {
    const model = makeModel()
    const [a, again, b] = [
      await tokensOf(model, [1], { seed: 1, maxTokens: 20 }),
      await tokensOf(model, [1], { seed: 1, maxTokens: 20 }),
      await tokensOf(model, [1], { seed: 2, maxTokens: 20 }),
    ]
    expect(again).toEqual(a)
    expect(b).not.toEqual(a)
  })

  it('stops before a stop token and says why', async () => {
    const model = makeModel()
    const free = await tokensOf(model, [1], { seed: 3, maxTokens: 20 })
    const stop = free[5]!
    const stream = generate(model, [1], { seed: 3, maxTokens: 20, stop: [stop] })
    const ids: number[] = []
    let next = await stream.next()
    for (; next.done !== true; next = await stream.next()) ids.push(next.value)
    expect(ids).toEqual(free.slice(0, free.indexOf(stop)))
    expect(next.value).toBe('stop')
  })

  it('ends after maxTokens', async () => {
    const stream = generate(makeModel(), [1], { maxTokens: 1, seed: 1 })
    expect((await stream.next()).done).toBe(false)
    expect(await stream.next()).toEqual({ done: true, value: 'length' })
  })

  it('uses no dropout, and leaves the mode as it was', async () => {
    const model = makeModel({ dropout: 0.5 })
    const options = { temperature: 0, maxTokens: 12 }
    const ids = await tokensOf(model, [1], options)
    expect(model.training && model.h[0]!.training).toBe(true)
    expect(await tokensOf(model.eval(), [1], options)).toEqual(ids)
  })

  it.each([
    [[], {}, 'the prompt is empty'],
    [[1, 11], {}, 'token 11 of the prompt is outside of the vocabulary of 11'],
    [[1.5], {}, 'token 1.5'],
    [[1], { temperature: -1 }, 'the temperature is at least 0, got -1'],
  ])('refuses %j with %j', async (prompt, options, message) => {
    await expect(generate(makeModel(), prompt, options).next()).rejects.toThrow(message)
  })
})

describe('GPT', () => {
  it('does not look ahead', async () => {
    const model = makeModel()
    const [a, b] = [model.forward(i32([3, 1, 4, 1, 5])), model.forward(i32([3, 1, 4, 9, 2]))]
    expect(await b.narrow(1, 0, 3).toArray()).toEqual(await a.narrow(1, 0, 3).toArray())
    expect(await b.at(0, 3).toArray()).not.toEqual(await a.at(0, 3).toArray())
  })

  it('begins as GPT-2 does: N(0, 0.02²), residual projections N(0, 0.02²/2 layers), biases 0, norms 1', async () => {
    const model = new GPT({ vocabSize: 65, context: 32, layers: 8, heads: 4, width: 64 })
    const deviation = (name: string): Promise<number> => model.stateDict()[name]!.std(undefined, false, 0).item()
    for (const name of ['wte.weight', 'h.3.attn.c_attn.weight', 'h.3.mlp.c_fc.weight'])
      expect(await deviation(name)).toBeCloseTo(0.02, 2.5)
    for (const name of ['h.3.attn.c_proj.weight', 'h.3.mlp.c_proj.weight'])
      expect(await deviation(name)).toBeCloseTo(0.02 / 4, 3.5)
    expect(await model.h[3]!.attn.c_attn.bias!.abs().max().item()).toBe(0)
    expect(await model.h[3]!.ln_1.weight!.min().item()).toBe(1)
  })

  it('has no biases where none are wanted', () =>
    expect(Object.keys(makeModel({ bias: false }).stateDict()).filter(name => name.endsWith('bias'))).toEqual([]))

  it('loses what dropout drops, in training only', async () => {
    const model = makeModel({ dropout: 0.5 })
    const ids = randint(0, 11, [2, 8])
    const [a, b] = [await model.forward(ids).data(), await model.forward(ids).data()]
    expect(b).not.toEqual(a)
    model.eval()
    expect(await model.forward(ids).data()).toEqual(await model.forward(ids).data())
  })

  it.each([
    [() => new GPT({ ...sizes, heads: 3 }), '3 heads do not divide a width of 16'],
    [() => new GPT({ ...sizes, layers: 0 }), 'layers is a positive whole number, got 0'],
    [() => makeModel().forward(arange(8)), 'ids are [batch, time] with at most 8 tokens, got [8]'],
    [() => makeModel().forward(arange(9).unsqueeze(0)), 'got [1, 9]'],
  ])('refuses what does not fit: %s', (make, message) => expect(make).toThrow(message))
})
