import { grad } from '@wids/autograd'
import {
  ArgumentError,
  compile,
  Generator,
  manualSeed,
  memory,
  randn,
  ShapeError,
  type Tensor,
  tensor,
} from '@wids/tensor'
import { describe, expect, it } from 'vitest'
import {
  Adam,
  AdamW,
  clipGradNorm,
  clipGradValue,
  cosineSchedule,
  crossEntropy,
  Dropout,
  Linear,
  parameter,
  ReLU,
  Sequential,
  SGD,
} from '../src/index.ts'

const x = randn([8, 3], { generator: new Generator(1) })
const y = tensor(new Int32Array([0, 1, 1, 0, 1, 0, 0, 1]))

function network(): {
  model: Sequential
  update: (optimizer: AdamW | SGD) => (x: Tensor, y: Tensor) => { loss: Tensor; norm: Tensor }
} {
  manualSeed(4)
  const model = new Sequential(new Linear(3, 6), new ReLU(), new Dropout(0.2), new Linear(6, 2))
  const update = (optimizer: AdamW | SGD) => (x: Tensor, y: Tensor) => {
    const loss = crossEntropy(model.forward(x), y)
    const { gradients, norm } = clipGradNorm(grad(loss, model.parameters()), 1)
    optimizer.step(gradients)
    return { loss, norm }
  }
  return { model, update }
}

describe('a step', () => {
  it.each(['AdamW', 'SGD'] as const)('of %s is the same compiled and not compiled, dropout included', async name => {
    const train = async (compiled: boolean): Promise<number[]> => {
      const { model, update } = network()
      const optimizer =
        name === 'AdamW'
          ? new AdamW(model.parameters(), { lr: 0.1 })
          : new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })
      const step = compiled ? compile(update(optimizer)) : update(optimizer)
      const seen: number[] = []
      for (let i = 0; i < 6; i++) {
        optimizer.setLearningRate(0.1 / (i + 1))
        const { loss, norm } = step(x, y)
        seen.push(await loss.item(), await norm.item())
      }
      return [...seen, ...(await model.parameters()[0]!.data()), await optimizer.steps.item()]
    }
    expect(await train(true)).toEqual(await train(false))
  })

  it('learns', async () => {
    const { model, update } = network()
    const step = compile(update(new AdamW(model.eval().parameters(), { lr: 0.05 })))
    const first = await step(x, y).loss.item()
    for (let i = 0; i < 100; i++) step(x, y)
    expect(await step(x, y).loss.item()).toBeLessThan(first / 4)
  })

  it('takes its learning rate from an argument of the compiled function', async () => {
    const w = parameter(tensor([1, 1]))
    const optimizer = new SGD([w], { lr: 1 })
    const step = compile((lr: Tensor) => {
      optimizer.setLearningRate(lr)
      optimizer.step([w])
    })
    step(tensor([0.5]))
    step(tensor([0.25]))
    expect(await w.toArray()).toEqual([0.375, 0.375])
  })

  it('of many that nobody waits for leaves memory flat', async () => {
    const { model, update } = network()
    const step = update(new AdamW(model.parameters()))
    const live: number[] = []
    for (let i = 0; i < 300; i++) {
      const { loss } = step(x, y)
      if (i % 100 !== 99) continue
      await loss.item()
      globalThis.gc?.()
      await new Promise(resolve => setTimeout(resolve, 20))
      live.push(memory().live)
    }
    expect(live[2]).toBeLessThanOrEqual(live[0]! * 1.02)
  })

  it('continues from its state dict', async () => {
    const [a, b] = [network(), network()]
    const [first, second] = [new Adam(a.model.parameters(), { lr: 0.1 }), new Adam(b.model.parameters(), { lr: 0.7 })]
    const gradients = a.model.parameters().map(p => p.mul(0).add(0.3))
    first.step(gradients)
    expect(Object.keys(first.stateDict()).slice(0, 4)).toEqual(['lr', 'steps', 'state.0.exp_avg', 'state.0.exp_avg_sq'])
    b.model.loadStateDict(a.model.stateDict())
    second.loadStateDict(first.stateDict())
    first.step(gradients)
    second.step(gradients)
    expect(await b.model.parameters()[0]!.data()).toEqual(await a.model.parameters()[0]!.data())
    expect(() => second.loadStateDict({})).toThrow('the state does not fit Adam; missing: lr, steps')
  })
})

describe('groups', () => {
  it('have options of their own, and keep the ratio of their learning rates', async () => {
    const [a, b, c] = [1, 1, 1].map(value => parameter(tensor([value]))) as [Tensor, Tensor, Tensor]
    const optimizer = new SGD([a, b, c], {
      lr: 0.1,
      weightDecay: 1,
      groups: [
        { parameters: [c], lr: 0.2 },
        { parameters: [b], weightDecay: 0 },
      ],
    })
    optimizer.step([a, b, c].map(() => tensor([0])))
    expect(await Promise.all([a, b, c].map(p => p.item()))).toEqual([0.9, 1, 0.8].map(Math.fround))
    optimizer.setLearningRate(0.2)
    optimizer.step([a, b, c].map(() => tensor([1])))
    expect(await b.item()).toBeCloseTo(0.8)
    expect(await c.item()).toBeCloseTo(0.8 - 0.4 * 1.8)
  })

  it('keep what they leave undefined', async () => {
    const a = parameter(tensor([1]))
    const optimizer = new SGD([a], { lr: 0.5, groups: [{ parameters: [a], lr: undefined, momentum: undefined }] })
    optimizer.step([tensor([1])])
    expect(await a.item()).toBe(0.5)
  })

  const p = parameter(tensor([1]))
  const other = parameter(tensor([1]))
  it.each([
    ['no parameters', () => new SGD([], { lr: 1 }), 'no parameters'],
    ['one twice', () => new SGD([p, p], { lr: 1 }), 'listed twice'],
    [
      'one in two groups',
      () => new SGD([p], { lr: 1, groups: [{ parameters: [p] }, { parameters: [p] }] }),
      'two groups',
    ],
    ['one that is not there', () => new SGD([p], { lr: 1, groups: [{ parameters: [other] }] }), 'not among'],
    ['an integer', () => new SGD([tensor(new Int32Array([1]))], { lr: 1 }), 'i32'],
    ['a learning rate below 0', () => new AdamW([p], { lr: -1 }), 'lr is at least 0'],
    ['too few gradients', () => new SGD([p], { lr: 1 }).step([]), '1 parameters need as many gradients, got 0'],
  ])('%s is an error', (_, act, message) => {
    expect(act).toThrow(message)
  })

  it('a gradient of another shape is a ShapeError', () => {
    expect(() => new SGD([p], { lr: 1 }).step([tensor([1, 2])])).toThrow(ShapeError)
  })
})

describe('clipping', () => {
  it('limits values', async () => {
    const [clipped] = clipGradValue([tensor([-3, 0.5, 3])], 1)
    expect(await clipped!.toArray()).toEqual([-1, 0.5, 1])
  })

  it('checks its arguments', () => {
    expect(() => clipGradNorm([], 1)).toThrow(ArgumentError)
    expect(() => clipGradNorm([x], -1)).toThrow('maxNorm')
    expect(() => clipGradValue([x], NaN)).toThrow('limit')
  })
})

it('the cosine schedule rises, falls and ends', () => {
  const schedule = cosineSchedule({ peak: 1e-3, end: 1e-4, warmup: 100, steps: 2000 })
  expect(schedule(0)).toBeCloseTo(1e-3 / 101, 10)
  expect(schedule(99)).toBeCloseTo((1e-3 * 100) / 101, 10)
  expect(schedule(100)).toBe(1e-3)
  expect(schedule(1050)).toBeCloseTo(5.5e-4, 10)
  expect([schedule(2000), schedule(5000)]).toEqual([1e-4, 1e-4])
  expect(() => cosineSchedule({ peak: 1, warmup: 3, steps: 2 })).toThrow('warmup ≤ steps')
})
