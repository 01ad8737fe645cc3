import { grad } from '@wids/autograd'
import { arange, concat, manualSeed, randn, randperm, type Tensor, tensor, where, zeros } from '@wids/tensor'
import { expectClose, tolerances } from '@wids/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  FeedForward,
  MultiHeadAttention,
  scaledDotProductAttention,
  Transformer,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
} from '../src/index.ts'

const close = async (actual: Tensor, expected: Tensor): Promise<void> => {
  expect(actual.shape).toEqual(expected.shape)
  expectClose(await actual.data(), await expected.data(), tolerances.rounded)
}

beforeEach(() => manualSeed(1))

describe('scaledDotProductAttention', () => {
  const qkv = (): [Tensor, Tensor, Tensor] => [randn([2, 3, 4, 8]), randn([2, 3, 5, 8]), randn([2, 3, 5, 6])]

  it('is softmax(QKᵀ/√d)V', async () => {
    const [q, k, v] = qkv()
    const expected = q.matmul(k.transpose()).div(Math.sqrt(8)).softmax().matmul(v) // [2, 3, 4, 6]
    await close(scaledDotProductAttention(q, k, v), expected)
    await close(scaledDotProductAttention(q, k, v, { scale: 1 }), q.matmul(k.transpose()).softmax().matmul(v))
  })

  it('averages the values where all keys match alike', async () => {
    const [q, , v] = qkv()
    await close(scaledDotProductAttention(q, zeros([2, 3, 5, 8]), v), v.mean(-2, true).expand([2, 3, 4, 6]))
  })

  it('takes a causal order, a mask that allows and one that is added alike', async () => {
    const [q, k, v] = [randn([2, 4, 8]), randn([2, 4, 8]), randn([2, 4, 8])]
    const past = arange(4).le(arange(4).unsqueeze(-1))
    const added = tensor([
      0,
      -Infinity,
      -Infinity,
      -Infinity,
      0,
      0,
      -Infinity,
      -Infinity,
      0,
      0,
      0,
      -Infinity,
      0,
      0,
      0,
      0,
    ]).reshape([4, 4])
    const causal = scaledDotProductAttention(q, k, v, { isCausal: true })
    await close(scaledDotProductAttention(q, k, v, { attnMask: past }), causal)
    await close(scaledDotProductAttention(q, k, v, { attnMask: added }), causal)
    await close(causal.narrow(1, 0, 1), v.narrow(1, 0, 1))
  })

  it.each([1, 3, 9])('lets %i queries see the keys before them, as a mask would', async queries => {
    const [q, k, v] = [randn([2, queries, 8]), randn([2, 12, 8]), randn([2, 12, 6])]
    for (const before of [0, 2, 20]) {
      const offset = tensor(new Int32Array([before]), { shape: [] })
      const attnMask = arange(12).le(arange(queries).add(before).unsqueeze(-1))
      const masked = scaledDotProductAttention(q, k, v, { attnMask })
      const shifted = scaledDotProductAttention(q, k, v, { isCausal: true, offset })
      await close(shifted, masked)
      await close(grad(shifted.square().sum(), k), grad(masked.square().sum(), k))
    }
    const offset = tensor(new Int32Array([2]), { shape: [] })
    const dropped = scaledDotProductAttention(q, k, v.mul(0).add(1), { isCausal: true, offset, dropoutP: 0.5 })
    expect(await dropped.isFinite().all().item()).toBe(1)
    expect(() => scaledDotProductAttention(q, k, v, { offset })).toThrow('an offset needs a causal order')
  })

  it('adds a bias to the scores, with a gradient', async () => {
    const [q, k, v] = qkv()
    const bias = randn([4, 5])
    const expected = q.matmul(k.transpose()).div(Math.sqrt(8)).add(bias).softmax().matmul(v)
    const actual = scaledDotProductAttention(q, k, v, { attnMask: bias })
    await close(actual, expected)
    await close(grad(actual.square().sum(), bias), grad(expected.square().sum(), bias))
  })

  it.each([
    ['bool', arange(4).ne(2).unsqueeze(-1).expand([4, 5])],
    ['float', tensor([0, 0, -Infinity, 0]).unsqueeze(-1).expand([4, 5])],
  ])('gives 0, with gradient 0, to a query that may see nothing (%s mask)', async (_, attnMask) => {
    const [q, k, v] = qkv()
    const output = scaledDotProductAttention(q, k, v, { attnMask })
    expect(await output.narrow(2, 2, 1).abs().max().item()).toBe(0)
    const slopes = grad(output.square().sum(), { q, k, v })
    expect(await slopes.q.narrow(2, 2, 1).abs().max().item()).toBe(0)
    for (const slope of Object.values(slopes)) expect(await slope.isFinite().all().item()).toBe(1)
    await close(output.narrow(2, 0, 2), scaledDotProductAttention(q.narrow(2, 0, 2), k, v))
  })

  it('drops weights, and keeps their mean', async () => {
    const [x, v] = [zeros([1, 64, 8]), randn([1, 64, 8]).mul(0).add(1)]
    const output = scaledDotProductAttention(x, x, v, { dropoutP: 0.5 })
    expect(await output.mean().item()).toBeCloseTo(1, 1)
    expect(await output.std().item()).toBeGreaterThan(0.05)
  })

  it.each([
    [4, '[4, 8], [5, 7]'],
    [9, '[9, 8], [5, 7]'],
  ])('names the shapes where they do not fit, %i queries', (queries, shapes) =>
    expect(() => scaledDotProductAttention(randn([queries, 8]), randn([5, 7]), randn([5, 7]))).toThrow(shapes),
  )
})

describe('MultiHeadAttention', () => {
  it('is one attention for each part of the channels', async () => {
    const attention = new MultiHeadAttention(8, 2)
    const [query, memory] = [randn([2, 3, 8]), randn([2, 5, 8])]
    const [wq, wk, wv] = attention.in_proj_weight.chunk(3) as [Tensor, Tensor, Tensor]
    const heads = [0, 4].map(at => {
      const part = (x: Tensor, w: Tensor): Tensor => x.matmul(w.narrow(0, at, 4).transpose())
      return scaledDotProductAttention(part(query, wq), part(memory, wk), part(memory, wv))
    })
    await close(attention.forward(query, memory, memory), attention.out_proj.forward(concat(heads, -1)))
  })

  it('gives the same however many of query, key and value are one tensor', async () => {
    const attention = new MultiHeadAttention(8, 2)
    const x = randn([2, 3, 8])
    const [y, z] = [x.mul(1), x.mul(1)]
    await close(attention.forward(x, x, x), attention.forward(x, y, z))
    await close(attention.forward(x, y, y), attention.forward(x, y, z))
  })

  it('takes masks of every shape, bool and float', async () => {
    const attention = new MultiHeadAttention(8, 2)
    const x = randn([2, 3, 8])
    const hidden = tensor([
      [false, true, true],
      [false, false, true],
      [true, false, false],
    ])
    const minusInfinity = (mask: Tensor): Tensor => where(mask, -Infinity, 0)
    const added = minusInfinity(hidden)
    const expected = attention.forward(x, x, x, { attnMask: hidden })
    for (const mask of [
      added,
      hidden.unsqueeze(0).expand([4, 3, 3]),
      hidden.unsqueeze(0).unsqueeze(0),
      added.unsqueeze(0).expand([4, 3, 3]),
    ])
      await close(attention.forward(x, x, x, { attnMask: mask }), expected)
    const padding = tensor([
      [false, false, true],
      [false, true, true],
    ])
    const both = attention.forward(x, x, x, { attnMask: hidden, keyPaddingMask: padding })
    await close(attention.forward(x, x, x, { attnMask: added, keyPaddingMask: padding }), both)
    await close(attention.forward(x, x, x, { attnMask: hidden, keyPaddingMask: minusInfinity(padding) }), both)
  })

  it('refuses heads that do not divide the channels', () =>
    expect(() => new MultiHeadAttention(8, 3)).toThrow('3 heads do not divide 8 channels'))
})

describe.each([false, true])('layers with normFirst %s', normFirst => {
  const options = { dimFeedforward: 16, dropout: 0, normFirst }

  it('an encoder without positions does not care for order', async () => {
    const encoder = new TransformerEncoder([1, 2].map(() => new TransformerEncoderLayer(8, 2, options)))
    const x = randn([2, 6, 8])
    const order = randperm(6)
    await close(encoder.forward(x.indexSelect(1, order)), encoder.forward(x).indexSelect(1, order))
  })

  it('padding changes nothing', async () => {
    const model = new Transformer({ dModel: 8, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1, ...options })
    const [source, target] = [randn([1, 4, 8]), randn([1, 3, 8])]
    const short = model.forward(source, target, { tgtIsCausal: true })
    const padding = arange(6).ge(4).unsqueeze(0)
    const masks = { srcKeyPaddingMask: padding, memoryKeyPaddingMask: padding, tgtIsCausal: true }
    await close(model.forward(concat([source, randn([1, 2, 8])], 1), target, masks), short)
    await close(
      model.forward(source, concat([target, randn([1, 2, 8])], 1), { tgtIsCausal: true }).narrow(1, 0, 3),
      short,
    )
  })

  it('a decoder does not look ahead', async () => {
    const decoder = new TransformerDecoderLayer(8, 2, options)
    const [target, memory] = [randn([1, 5, 8]), randn([1, 4, 8])]
    const changed = concat([target.narrow(1, 0, 3), randn([1, 2, 8])], 1)
    const [a, b] = [target, changed].map(x => decoder.forward(x, memory, { tgtIsCausal: true })) as [Tensor, Tensor]
    await close(b.narrow(1, 0, 3), a.narrow(1, 0, 3))
  })

  it('dropout acts in training only', async () => {
    const layer = new TransformerEncoderLayer(8, 2, { ...options, dropout: 0.5 })
    const x = randn([1, 4, 8])
    expect(await layer.forward(x).data()).not.toEqual(await layer.forward(x).data())
    layer.eval()
    expect(await layer.forward(x).data()).toEqual(await layer.forward(x).data())
  })
})

it('a feed-forward network treats every position alike', async () => {
  const network = new FeedForward(8, 16, { activation: 'gelu' })
  const x = randn([1, 5, 8])
  await close(network.forward(x).narrow(1, 2, 1), network.forward(x.narrow(1, 2, 1)))
  const square = new FeedForward(8, 16, { activation: y => y.square() })
  await close(square.forward(x), square.linear2.forward(square.linear1.forward(x).square()))
})
