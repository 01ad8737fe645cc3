import { grad } from '@wids/autograd'
import { ArgumentError, compile, Generator, type Tensor } from '@wids/tensor'
import { expectClose } from '@wids/testing'
import { describe, expect, it } from 'vitest'
import {
  AdamW,
  clipGradNorm,
  clipGradValue,
  cosineSchedule,
  every,
  fit,
  type FitOptions,
  mseLoss,
  ReduceOnPlateau,
  type Sequential,
  SGD,
  StreamLoader,
  type StepReport,
  Trainer,
  WeightAverage,
} from '../../src/index.ts'
import { type Batch, batchOf, examples, loaderOf, loss, network, weightsOf } from './task.ts'

type Options = FitOptions<Sequential, Batch>

/** A run, with the reports of its steps. */
async function run(options: Partial<Options>, dropout = 0) {
  const model = network(dropout)
  const reports: StepReport[] = []
  const { callbacks = [], ...rest } = options
  const training = await fit(model, {
    loss,
    optimizer: new AdamW(model.parameters(), { lr: 0.01 }),
    data: loaderOf(),
    ...rest,
    callbacks: [report => void reports.push(report), ...callbacks],
  })
  return { model, training, reports, losses: reports.map(report => report.loss) }
}

it('is the loop one would write by hand, to the bit', async () => {
  const schedule = cosineSchedule({ peak: 0.02, warmup: 3, steps: 12 })
  const model = network(0.2)
  const optimizer = new AdamW(model.parameters())
  const step = compile(({ x, y }: Batch) => {
    const value = mseLoss(model.forward(x), y)
    const { gradients, norm } = clipGradNorm(grad(value, model.parameters()), 0.5)
    optimizer.step(clipGradValue(gradients, 0.1))
    return { value, norm }
  })
  const loader = loaderOf()
  const byHand: number[][] = []
  while (byHand.length < 12)
    for await (const batch of loader) {
      if (byHand.length === 12) break
      optimizer.setLearningRate(schedule(byHand.length))
      const { value, norm } = step(batch)
      byHand.push([await value.item(), await norm.item()])
    }
  const fitted = network(0.2)
  const seen: number[][] = []
  await fit(fitted, {
    loss,
    optimizer: new AdamW(fitted.parameters()),
    schedule,
    clip: { norm: 0.5, value: 0.1 },
    data: loaderOf(),
    steps: 12,
    callbacks: [report => void seen.push([report.loss, report.norm])],
  })
  expect(seen).toEqual(byHand)
  expect(await weightsOf(fitted)).toEqual(await weightsOf(model))
})

it('learns', async () => {
  const { reports, training } = await run({ epochs: 60 })
  expect(reports.at(-1)!.loss).toBeLessThan(reports[0]!.loss / 4)
  expect(training).toMatchObject({ step: 300, epoch: 60, skipped: [], stopped: undefined, report: reports.at(-1) })
})

describe('accumulation', () => {
  it('over batches of equal size is a step over all of their examples', async () => {
    const [small, large] = await Promise.all([
      run({ data: loaderOf({ batchSize: 4, shuffle: false }), accumulate: 5, epochs: 3 }),
      run({ data: loaderOf({ batchSize: 20, shuffle: false }), epochs: 3 }),
    ])
    expect(small.reports).toHaveLength(6)
    expectClose(small.losses, large.losses, { rtol: 1e-5, atol: 1e-6 })
    expectClose(await weightsOf(small.model), await weightsOf(large.model), { rtol: 1e-3, atol: 1e-5 })
  })

  it('takes what is left at the end of an epoch, and nothing over it', async () => {
    const ends: number[] = []
    const { training } = await run({
      accumulate: 2,
      epochs: 2,
      callbacks: [{ onEpoch: ({ step }) => void ends.push(step) }],
    })
    expect(ends).toEqual([3, 6])
    expect(training.lastStep).toBe(6)
  })
})

describe('a run ends', () => {
  it('after epochs or steps, whichever come first', async () => {
    expect((await run({ epochs: 3, steps: 7 })).training).toMatchObject({ step: 7, epoch: 1, lastStep: 7 })
    expect((await run({ epochs: 1, steps: 7 })).training).toMatchObject({ step: 5, epoch: 1, lastStep: 5 })
    expect((await run({ steps: 0 })).training).toMatchObject({ step: 0, epoch: 0 })
  })

  it('when a callback says so, or a signal', async () => {
    const stops = every(4, training => training.stop('enough'))
    expect((await run({ epochs: 9, callbacks: [stops] })).training).toMatchObject({ step: 4, stopped: 'enough' })
    const controller = new AbortController()
    const aborts = every(3, () => controller.abort())
    const { training } = await run({ epochs: 9, callbacks: [aborts], signal: controller.signal })
    expect(training).toMatchObject({ step: 3, stopped: 'it was aborted' })
  })

  it('with an error for data that gives nothing', async () => {
    await expect(run({ data: [], epochs: 1 })).rejects.toThrow(ArgumentError)
    const once = [1, 2].map(batchOf).values()
    await expect(run({ data: once, epochs: 2 })).rejects.toThrow('serves one epoch only')
  })

  it('and closes callbacks after an error', async () => {
    let closed = 0
    const close = (): void => void closed++
    const fails = (): never => {
      throw new Error('no')
    }
    await expect(run({ epochs: 1, callbacks: [{ close }, { onStep: fails, close }] })).rejects.toThrow('no')
    expect(closed).toBe(2)
  })

  it.each([
    [{}, 'give epochs or steps'],
    [{ epochs: 0.5 }, 'epochs is a whole number'],
    [{ steps: 1, accumulate: 0 }, 'accumulate is a whole number'],
    [{ steps: 1, schedule: new ReduceOnPlateau({ lr: 1 }) }, 'give validation data'],
    [{ steps: 1, generators: { data: new Generator(1) } }, "cannot be called 'data'"],
  ])('before it begins for %j', async (options, problem) => {
    await expect(run(options)).rejects.toThrow(problem)
  })
})

describe('data', () => {
  it('goes on where it is, epoch after epoch of its own', async () => {
    const data = loaderOf()
    await run({ data, steps: 7 })
    expect(data.cursor).toEqual({ epoch: 1, batch: 2 })
    expect((await run({ data, epochs: 2 })).training).toMatchObject({ step: 8, epoch: 2 })
    expect(data.cursor).toEqual({ epoch: 3, batch: 0 })
  })

  it('may be a stream, an array, or come one by one', async () => {
    const stream = new StreamLoader<(typeof examples)[number], Batch>(() => examples, { batchSize: 16 })
    expect((await run({ data: stream, epochs: 2 })).training).toMatchObject({ step: 6, epoch: 2, lastStep: undefined })
    const batches = [8, 16].map(batchOf)
    expect((await run({ data: batches, epochs: 2 })).training).toMatchObject({ step: 4, epoch: 2, lastStep: 4 })
    async function* forever() {
      for (;;) yield batchOf(3)
    }
    expect((await run({ data: forever(), steps: 3 })).training).toMatchObject({ step: 3, epoch: 0 })
  })
})

describe('validation', () => {
  it('is the mean over all examples, in evaluation mode, and leaves the model as it was', async () => {
    const validation = [batchOf(24), { x: batchOf(40).x.narrow(0, 24, 16), y: batchOf(40).y.narrow(0, 24, 16) }]
    const mean = (model: Sequential, { x, y }: Batch) => ({
      loss: loss(model, { x, y }),
      error: model.forward(x).sub(y).abs().mean(),
    })
    const { model, training } = await run({ loss: mean, epochs: 1, validation }, 0.5)
    expect(model.training).toBe(true)
    const { loss: whole, error } = mean(model.eval(), batchOf(40))
    expect(training.validation!.step).toBe(5)
    expectClose([training.validation!.loss], [await whole.item()], { rtol: 1e-5, atol: 0 })
    expectClose([training.validation!.metrics['error']!], [await error.item()], { rtol: 1e-5, atol: 0 })
  })

  it('comes at the end of each epoch, or every so many steps, and in the end', async () => {
    const stepsOf = async (options: Partial<Options>): Promise<number[]> => {
      const steps: number[] = []
      const onValidation = ({ step }: { step: number }): void => void steps.push(step)
      await run({ validation: [batchOf(4)], callbacks: [{ onValidation }], ...options })
      return steps
    }
    expect(await stepsOf({ epochs: 2 })).toEqual([5, 10])
    expect(await stepsOf({ steps: 7 })).toEqual([5, 7])
    expect(await stepsOf({ epochs: 2, validateEvery: 3 })).toEqual([3, 6, 9, 10])
  })

  it('uses averaged weights, and the model keeps its own', async () => {
    const model = network()
    const ema = new WeightAverage(model, { decay: 0.9 })
    const optimizer = new SGD(model.parameters(), { lr: 0.1 })
    const { validation } = await fit(model, {
      loss,
      optimizer,
      ema,
      data: loaderOf(),
      epochs: 2,
      validation: [batchOf(40)],
    })
    const own = await loss(model, batchOf(40)).item()
    expect(validation!.loss).not.toBeCloseTo(own, 4)
    const averaged = network()
    averaged.loadStateDict(ema.weights())
    expect(validation!.loss).toBeCloseTo(await loss(averaged, batchOf(40)).item(), 6)
  })

  it('moves a plateau schedule', async () => {
    const schedule = new ReduceOnPlateau({ lr: 0.5, patience: 0, factor: 0.5, threshold: 1, mode: 'min' })
    const { reports } = await run({ schedule, epochs: 3, validation: [batchOf(4)] })
    expect([0, 5, 10].map(at => reports[at]!.lr)).toEqual([0.5, 0.5, 0.25])
  })
})

it('metrics come with each step, means over the batches that were accumulated', async () => {
  const measured = (model: Sequential, batch: Batch) => ({
    loss: loss(model, batch),
    size: batch.x.sum().mul(0).add(2),
  })
  const { reports } = await run({ loss: measured, steps: 2, accumulate: 2 })
  expect(reports.map(({ metrics }) => metrics)).toEqual([{ size: 2 }, { size: 2 }])
  const vector = (model: Sequential, batch: Batch): Tensor => model.forward(batch.x)
  await expect(run({ loss: vector, steps: 1 })).rejects.toThrow("'loss' is one number for the batch, got [8, 1]")
})

it('an interval sees the weights of its step, and all steps until then were reported', async () => {
  const model = network()
  const seen: unknown[] = []
  const optimizer = new AdamW(model.parameters(), { lr: 0.01 })
  const reports: number[] = []
  await fit(model, {
    loss,
    optimizer,
    data: loaderOf(),
    steps: 9,
    callbacks: [
      ({ step }) => void reports.push(step),
      every(4, async ({ step }) => void seen.push([step, await optimizer.steps.item(), reports.length])),
    ],
  })
  expect(seen).toEqual([
    [4, 4, 4],
    [8, 8, 8],
  ])
})

it('a trainer takes the same steps one by one', async () => {
  const { losses, model } = await run({ steps: 5 })
  const other = network()
  const trainer = new Trainer(other, { loss, optimizer: new AdamW(other.parameters(), { lr: 0.01 }) })
  const seen: number[] = []
  for await (const batch of loaderOf()) seen.push((await trainer.step(batch).read()).loss)
  expect(seen).toEqual(losses)
  expect(await weightsOf(other)).toEqual(await weightsOf(model))
})
