import { ArgumentError, Generator, randn, type Tensor, tensor } from '@wids/tensor'
import { customGradient } from '@wids/tensor/graph'
import { describe, expect, it } from 'vitest'
import {
  AdamW,
  BatchNorm1d,
  DivergedError,
  fit,
  GradScaler,
  Linear,
  mseLoss,
  ReLU,
  Sequential,
  type StepReport,
  Trainer,
  WeightAverage,
} from '../../src/index.ts'

/** Inputs, and what the gradient is multiplied by on its way back. */
interface Poisoned {
  readonly x: Tensor
  readonly poison: Tensor
}

/** A loss that is finite, with gradients that need not be. */
function loss(model: Sequential, { x, poison }: Poisoned): Tensor {
  const y = model.forward(x)
  return mseLoss(
    customGradient([y], y, g => [g.mul(poison)]),
    x.narrow(1, 0, 1),
  )
}

function setUp(generator = new Generator(5)) {
  const model = new Sequential(
    new Linear(4, 8, { generator }),
    new BatchNorm1d(8),
    new ReLU(),
    new Linear(8, 1, { generator }),
  )
  const optimizer = new AdamW(model.parameters(), { lr: 0.01 })
  const ema = new WeightAverage(model, { decay: 0.9 })
  const batch = (poison: number): Poisoned => ({ x: randn([6, 4], { generator }), poison: tensor(poison) })
  return { model, optimizer, ema, batch }
}

type Held = ReturnType<typeof setUp>

/** Every byte that a step may change, as numbers. */
async function everything({ model, optimizer, ema }: Held): Promise<Record<string, readonly number[]>> {
  const tensors = { ...model.stateDict(), ...optimizer.stateDict(), ...prefixed(ema.stateDict()) }
  const read = Object.entries(tensors).map(async ([name, value]) => [name, [...(await value.data())]] as const)
  return Object.fromEntries(await Promise.all(read))
}
const prefixed = (state: Record<string, Tensor>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [`ema.${name}`, value]))

describe.each([1, 2])('with %i batches a step', count => {
  const batchesOf = (held: Held, poison: number): [Poisoned, ...Poisoned[]] =>
    count === 1 ? [held.batch(poison)] : [held.batch(1), held.batch(poison)]

  it.each([NaN, Infinity, -Infinity])('a gradient of %d changes no bit, and the next step goes on', async poison => {
    const held = setUp()
    const trainer = new Trainer(held.model, { ...held, loss, clip: 1, schedule: step => 0.01 / (step + 1) })
    await trainer.step(...batchesOf(held, 1)).read()
    const before = await everything(held)
    const report = await trainer.step(...batchesOf(held, poison)).read()
    expect(report).toMatchObject({ step: 2, skipped: true, loss: expect.any(Number) })
    expect(Number.isFinite(report.loss)).toBe(true)
    expect(Number.isFinite(report.norm)).toBe(false)
    expect(await everything(held)).toEqual(before)
    expect(await trainer.step(...batchesOf(held, 1)).read()).toMatchObject({ step: 3, skipped: false })
    expect(await everything(held)).not.toEqual(before)
  })

  it('five in a row end the run with the weights before them, whenever they are read', async () => {
    const held = setUp()
    const trainer = new Trainer(held.model, { ...held, loss })
    await trainer.step(...batchesOf(held, 1)).read()
    const before = await everything(held)
    const taken = [NaN, NaN, Infinity, NaN, NaN, 1, 1].map(poison => trainer.step(...batchesOf(held, poison)))
    for (const step of taken.slice(0, 4)) expect((await step.read()).skipped).toBe(true)
    const failure = await taken[4]!.read().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(DivergedError)
    expect(failure).toMatchObject({ step: 6, norm: NaN, message: expect.stringContaining('5 steps in a row') })
    expect(await everything(held)).toEqual(before)
  })
})

it('four in a row are no end: a good step starts the count anew', async () => {
  const held = setUp()
  const trainer = new Trainer(held.model, { ...held, loss })
  const poisons = [NaN, NaN, NaN, NaN, 1, NaN, NaN, NaN, NaN, 1]
  const taken = poisons.map(poison => trainer.step(held.batch(poison)))
  const reports = await Promise.all(taken.map(step => step.read()))
  expect(reports.map(({ skipped }) => skipped)).toEqual(poisons.map(Number.isNaN))
})

it('a loss that is not finite is skipped, too', async () => {
  const held = setUp()
  const trainer = new Trainer(held.model, { ...held, loss })
  const before = await everything(held)
  const report = await trainer.step({ x: randn([6, 4]).mul(NaN), poison: tensor(1) }).read()
  expect(report).toMatchObject({ loss: NaN, skipped: true })
  expect(await everything(held)).toEqual(before)
})

it('fit reports skipped steps and ends with DivergedError', async () => {
  const held = setUp()
  const data = [1, NaN, 1, 1, Infinity, 1].map(held.batch)
  const reports: StepReport[] = []
  const options = { ...held, loss, callbacks: [(report: StepReport) => void reports.push(report)] }
  const run = await fit(held.model, { ...options, data, epochs: 2 })
  expect(run.skipped).toEqual([2, 5, 8, 11])
  expect(reports.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
  reports.length = 0
  const bad = [1, NaN, NaN, NaN, NaN, NaN, 1].map(held.batch)
  await expect(fit(held.model, { ...options, data: bad, epochs: 1 })).rejects.toThrow(DivergedError)
  expect(reports.map(({ step, skipped }) => [step, skipped])).toEqual([
    [1, false],
    [2, true],
    [3, true],
    [4, true],
    [5, true],
  ])
})

it('with a scaler, overflows count once the scale is down to 1', async () => {
  const held = setUp()
  const trainer = new Trainer(held.model, { ...held, loss, scaler: new GradScaler({ initScale: 8 }), maxSkipped: 2 })
  const taken = Array.from({ length: 5 }, () => trainer.step(held.batch(NaN)))
  const scales = await Promise.all(taken.slice(0, 4).map(async step => (await step.read()).scale))
  expect(scales).toEqual([8, 4, 2, 1])
  await expect(taken[4]!.read()).rejects.toThrow(DivergedError)
})

it('refuses a limit of no step', () => {
  const held = setUp()
  expect(() => new Trainer(held.model, { ...held, loss, maxSkipped: 0 })).toThrow(ArgumentError)
})
