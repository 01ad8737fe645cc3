import { expectClose, type GoldenTensor, readGolden } from '@wids/testing'
import { compile, type Tensor, tensor } from '@wids/tensor'
import { describe, expect, it } from 'vitest'
import * as nn from '../src/index.ts'
import { expectGolden, make, type Numbers, onEachDevice, type Options, title } from './golden.ts'

interface Goldens {
  readonly start: Numbers
  readonly gradients: readonly Numbers[]
  readonly runs: readonly {
    readonly name: keyof typeof optimizers
    readonly options: Options
    readonly after: Readonly<Record<string, Numbers>>
  }[]
  readonly averaging: {
    readonly decay: number
    readonly weights: readonly GoldenTensor[]
    readonly averages: readonly GoldenTensor[]
  }
}

const optimizers = {
  Adam: nn.Adam,
  AdamW: nn.AdamW,
  RMSprop: nn.RMSprop,
  Adagrad: nn.Adagrad,
  Adadelta: nn.Adadelta,
  Lion: nn.Lion,
  Adafactor: nn.Adafactor,
  Muon: nn.Muon,
}
const goldens = readGolden<Goldens>(new URL('goldens/optimizers.json', import.meta.url))

/** Twenty steps fold the rounding of each into the next; the least squares of Muon and RMSprop cancel digits. */
const tolerance = { rtol: 1e-4, atol: 2e-5 }

onEachDevice('PyTorch agrees about 20 steps of', () => {
  it.each(goldens.runs.map(c => [title(c), c] as const))('%s', async (_, { name, options, after }) => {
    const names = Object.keys(after['1']!)
    const parameters = names.map(key => nn.parameter(make(goldens.start[key]!)))
    const optimizer = new optimizers[name](parameters, options)
    for (const [i, slopes] of goldens.gradients.entries()) {
      optimizer.step(names.map(key => make(slopes[key]!)))
      for (const [key, golden] of Object.entries(after[i + 1] ?? {}))
        await expectGolden(parameters[names.indexOf(key)]!, golden, tolerance, `${key} after ${i + 1}`)
    }
  })
})

describe('an average of weights', () => {
  class Weight extends nn.Module {
    weight = nn.parameter(tensor([[0, 0]]))
  }

  it.each([false, true])('is PyTorch’s, compiled: %s', async compiled => {
    const { decay, weights, averages } = goldens.averaging
    const model = new Weight()
    const average = new nn.WeightAverage(model, { decay })
    const plain = (next: Tensor): void => {
      model.weight.assign(next)
      average.update()
    }
    const update = compiled ? compile(plain) : plain
    for (const [i, weight] of weights.entries()) {
      update(make(weight))
      await expectGolden(average.weights()['weight']!, averages[i]!)
    }
    const restored = new nn.WeightAverage(model, { decay })
    restored.loadStateDict(average.stateDict())
    expect(await restored.updates.item()).toBe(6)
    expect(() => new nn.WeightAverage(model, { decay: 2 })).toThrow('decay lies between 0 and 1')
  })
})

describe('summed gradients', () => {
  it('are the mean of those added, and start again', async () => {
    const weight = nn.parameter(tensor([1, 1]))
    const sums = new nn.GradientSum([weight])
    for (const value of [1, 2, 6]) sums.add([tensor([value, -value])])
    const [mean] = sums.takeMean()
    expectClose(await mean!.data(), [3, -3])
    sums.add([tensor([4, 4])])
    expect(await sums.takeMean()[0]!.toArray()).toEqual([4, 4])
    expect(() => sums.add([tensor([1])])).toThrow('gradients are [2], got [1]')
  })

  it('of small batches are the step of a large one, compiled too', async () => {
    const train = async (parts: number): Promise<ArrayLike<number>> => {
      const weight = nn.parameter(tensor([1, 2]))
      const optimizer = new nn.AdamW([weight], { lr: 0.1 })
      const sums = new nn.GradientSum([weight])
      const add = compile((g: Tensor) => sums.add([g]))
      const step = compile(() => optimizer.step(sums.takeMean()))
      for (let i = 0; i < 3; i++) {
        for (let part = 0; part < parts; part++) add(tensor([i - part + (parts - 1) / 2, 1]))
        step()
      }
      return weight.data()
    }
    expectClose(await train(4), await train(1))
  })
})

it('groups choose what state their parameters keep', async () => {
  const [a, b] = [nn.parameter(tensor([1])), nn.parameter(tensor([1]))]
  const optimizer = new nn.SGD([a, b], { lr: 0.1, groups: [{ parameters: [b], momentum: 0.9 }] })
  expect(Object.keys(optimizer.stateDict())).toEqual(['lr', 'steps', 'state.1.momentum_buffer'])
  for (let i = 0; i < 2; i++) optimizer.step([tensor([1]), tensor([1])])
  expectClose(await a.data(), [0.8])
  expectClose(await b.data(), [0.71])
})

it('weight decay leaves vectors alone, and Muon takes matrices only', () => {
  const model = new nn.Sequential(new nn.Linear(2, 3), new nn.LayerNorm(3))
  const spared = nn.withoutDecay(model.parameters())
  expect(spared.parameters.map(p => p.rank)).toEqual([1, 1, 1])
  expect(() => new nn.AdamW(model.parameters(), { groups: [spared] })).not.toThrow()
  expect(() => new nn.Muon(model.parameters())).toThrow('parameters are matrices, got [3]')
})
