import { checkGradients, grad } from '@wids/autograd'
import { compile, Generator, ones, randn, type Tensor, tensor, zeros } from '@wids/tensor'
import { expectClose } from '@wids/testing'
import { describe, expect, it } from 'vitest'
import * as nn from '../src/index.ts'

const generator = new Generator(5)

describe('PyTorch’s initial values of', () => {
  // Kaiming's uniform distribution with a = √5 is ±1/√fanIn, fanIn = product of the sizes behind the first.
  it.each<readonly [string, () => nn.Module, number]>([
    ['Conv1d', () => new nn.Conv1d(8, 12, 5, { generator }), 40],
    ['Conv2d in groups', () => new nn.Conv2d(8, 12, [3, 5], { groups: 2, generator }), 60],
    ['ConvTranspose2d', () => new nn.ConvTranspose2d(8, 12, 3, { groups: 2, generator }), 54],
    ['Bilinear', () => new nn.Bilinear(10, 12, 6, { generator }), 10],
    ['LSTM', () => new nn.LSTM(7, 30, { generator }), 30],
  ])('%s are uniform', async (_, make, fan) => {
    for (const weight of make().parameters()) {
      const values = await weight.data()
      const bound = 1 / Math.sqrt(fan)
      const largest = Math.max(...values.map(Math.abs))
      expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-6))
      expect(largest).toBeGreaterThan(bound * (weight.rank > 1 ? 0.95 : 0.4))
    }
  })

  it('norms are ones and zeros', async () => {
    const norm = new nn.BatchNorm2d(2)
    expect(norm.namedBuffers().map(([name]) => name)).toEqual(['running_mean', 'running_var', 'num_batches_tracked'])
    const values = await Promise.all(Object.values(norm.stateDict()).map(value => value.toArray()))
    expect(values).toEqual([[1, 1], [0, 0], [0, 0], [1, 1], 0])
  })
})

describe('batch normalisation', () => {
  it('tracks statistics in a compiled step as in a plain one, without being read', async () => {
    const track = async (compiled: boolean): Promise<number[]> => {
      const model = new nn.Sequential(new nn.BatchNorm1d(2), new nn.Linear(2, 1, { generator: new Generator(1) }))
      const optimizer = new nn.SGD(model.parameters(), { lr: 0.1 })
      const step = (x: Tensor): void => {
        const loss = model.forward(x).square().mean()
        optimizer.step(grad(loss, model.parameters()))
      }
      const run = compiled ? compile(step) : step
      for (let i = 0; i < 4; i++) run(tensor([[1, 2], [3, i], [0, 5]])) // prettier-ignore
      const buffers = await Promise.all(model.buffers().map(async value => [...(await value.data())]))
      return buffers.flat()
    }
    const seen = await track(true)
    expectClose(await track(false), seen)
    expect(seen.at(-1)).toBe(4)
    expect(seen[0]).toBeCloseTo((4 / 3) * (1 - 0.9 ** 4), 5)
  })
})

describe('recurrent layers', () => {
  it('drop between layers in training only, and never behind the last', async () => {
    const x = randn([4, 2, 3], { generator })
    const deep = new nn.GRU(3, 4, { numLayers: 2, dropout: 0.5, generator })
    const [trained, evaluated] = [deep.forward(x)[0], deep.eval().forward(x)[0]]
    expect(await trained.data()).not.toEqual(await evaluated.data())
    const flat = new nn.GRU(3, 4, { dropout: 0.5, generator })
    const once = await flat.forward(x)[0].data()
    expect(await flat.eval().forward(x)[0].data()).toEqual(once)
  })

  it('end a sequence where its length says, whatever stands behind', async () => {
    const lstm = new nn.LSTM(3, 4, { bidirectional: true, generator })
    const x = randn([4, 2, 3], { generator })
    const lengths = [2, 4]
    const [output, [h, c]] = lstm.forward(x, undefined, { lengths })
    const alone = lstm.forward(x.narrow(0, 0, 2).narrow(1, 0, 1))
    expectClose(await output.narrow(0, 0, 2).narrow(1, 0, 1).data(), await alone[0].data())
    expectClose(await h.narrow(1, 0, 1).data(), await alone[1][0].data())
    expectClose(await c.narrow(1, 0, 1).data(), await alone[1][1].data())
    expect((await output.narrow(0, 2, 2).narrow(1, 0, 1).data()).every(value => value === 0)).toBe(true)
    expect(Object.keys(lstm.stateDict())).toEqual([
      ...['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map(name => `${name}_l0`),
      ...['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map(name => `${name}_l0_reverse`),
    ])
  })
})

describe('gradients of second order', () => {
  const x = randn([1, 2, 4, 4], { generator })
  it.each<readonly [string, (x: Tensor) => Tensor]>([
    ['maxPool2d', x => nn.maxPool2d(x, 2, { stride: 1 }).square()],
    ['convolve', x => nn.convolve(x, x.reshape([2, 2, 2, 4]).narrow(3, 0, 2), undefined, { padding: 1 })],
    ['GroupNorm', x => new nn.GroupNorm(1, 2).forward(x).mul(x)],
    ['interpolate', x => nn.interpolate(x, { size: [3, 5], mode: 'bilinear' }).square()],
  ])('%s', async (_, compute) => {
    await expect(checkGradients((x: Tensor) => compute(x).sum(), x, { order: 2 })).resolves.toBeUndefined()
  })
})

it('activations stay finite for extreme inputs, and so do their gradients', async () => {
  const x = tensor([-1e30, -1e4, -100, 0, 100, 1e4, 1e30])
  for (const f of [nn.elu, nn.selu, nn.mish, nn.softplus, nn.quickGelu, nn.hardswish, nn.hardsigmoid, nn.relu6]) {
    const y = f(x)
    expect([...(await y.data())].every(Number.isFinite)).toBe(true)
    expect([...(await grad(y.sum(), x).data())].every(Number.isFinite)).toBe(true)
  }
})

describe('errors name what does not fit:', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['channels', () => new nn.Conv2d(3, 4, 3).forward(zeros([1, 2, 5, 5])), 'an input of [batch, 3, ...size]'],
    ['a kernel that is too large', () => new nn.Conv1d(1, 1, 4).forward(zeros([1, 1, 3])), 'does not fit'],
    ['groups', () => new nn.Conv2d(3, 4, 3, { groups: 2 }), 'groups divide 3 and 4 channels, got 2'],
    ['padding', () => new nn.Conv1d(1, 1, 3, { padding: -1 }).forward(zeros([1, 1, 3])), 'padding is a whole number'],
    [
      'same with stride',
      () => new nn.Conv1d(1, 1, 3, { padding: 'same', stride: 2 }).forward(zeros([1, 1, 9])),
      'same',
    ],
    [
      'padding by reflection',
      () => new nn.Conv1d(1, 1, 3, { padding: 3, paddingMode: 'reflect' }).forward(zeros([1, 1, 3])),
      "padding [3, 3] is too much for 'reflect' of 3",
    ],
    [
      'padding in circles',
      () => new nn.Conv1d(1, 1, 3, { padding: 4, paddingMode: 'circular' }).forward(zeros([1, 1, 3])),
      "padding [4, 4] is too much for 'circular' of 3",
    ],
    ['a projection', () => new nn.LSTM(3, 4, { projSize: 4 }), 'projSize is a whole number below 4, got 4'],
    [
      'a projected state',
      () => new nn.LSTM(3, 4, { projSize: 2 }).forward(zeros([5, 2, 3]), [zeros([1, 2, 4]), zeros([1, 2, 4])]),
      'a state is [1, 2, 2], got [1, 2, 4]',
    ],
    ['a pool of vectors', () => nn.maxPool2d(zeros([4]), 2), '[batch, channels, height, width]'],
    ['pool padding', () => nn.avgPool2d(zeros([1, 1, 4, 4]), 2, { padding: 2 }), 'at most half the kernel'],
    ['no size', () => nn.interpolate(zeros([1, 1, 4, 4]), {}), 'either size or scaleFactor'],
    ['a shuffle', () => nn.pixelShuffle(zeros([1, 3, 4, 4]), 2), 'r² divides the channels'],
    ['one example to normalise', () => new nn.BatchNorm1d(3).forward(zeros([1, 3])), 'more than one value a channel'],
    ['group channels', () => new nn.GroupNorm(2, 5), 'groups divide the 5 channels'],
    ['features of a sequence', () => new nn.GRU(3, 4).forward(zeros([5, 2, 4])), '[time, batch, 3] is needed'],
    [
      'a state',
      () => new nn.RNN(3, 4).forward(zeros([5, 2, 3]), zeros([1, 3, 4])),
      'a state is [1, 2, 4], got [1, 3, 4]',
    ],
    ['lengths', () => new nn.RNN(3, 4).forward(zeros([5, 2, 3]), undefined, { lengths: [1] }), 'each of 2 sequences'],
    ['slopes', () => new nn.PReLU({ numParameters: 3 }).forward(ones([2, 4])), 'slopes are [1] or [4], got [3]'],
    ['halves', () => nn.glu(zeros([2, 3])), 'does not split into halves'],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
  })
})
