import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tensor } from '@wids/tensor'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  AdamW,
  type CallbackLike,
  checkpoints,
  csvLog,
  earlyStopping,
  every,
  fit,
  type FitOptions,
  jsonLinesLog,
  readCheckpoint,
  type Sequential,
  SGD,
  type Training,
} from '../../src/index.ts'
import { type Batch, batchOf, loaderOf, loss, network } from './task.ts'

const scratch = mkdtempSync(join(tmpdir(), 'wids-callbacks-'))
afterAll(() => rmSync(scratch, { recursive: true }))
let folder: string
let runs = 0
beforeEach(() => {
  folder = join(scratch, String(runs++))
})

type Options = FitOptions<Sequential, Batch>

function run(callbacks: readonly CallbackLike<Sequential>[], options: Partial<Options> = {}) {
  const model = network()
  const optimizer = new AdamW(model.parameters(), { lr: 0.01 })
  return fit(model, { loss, optimizer, data: loaderOf(), epochs: 2, ...options, callbacks })
}

describe('checkpoints', () => {
  const steps = (): string[] => readdirSync(folder).toSorted()

  it('are made at the end of each epoch', async () => {
    await run([checkpoints(folder, { keep: 9 })])
    expect(steps()).toEqual(['step-00000005', 'step-00000010'])
  })

  it('are made every so many steps and at the end, and hold every part', async () => {
    await run([checkpoints(folder, { every: 4, keep: 9, config: { width: 16 } }), earlyStopping()], { steps: 9 })
    expect(steps()).toEqual(['step-00000004', 'step-00000008', 'step-00000009'])
    const { config, parts } = await readCheckpoint(folder)
    expect(config).toEqual({ width: 16 })
    expect(Object.keys(parts)).toEqual(['model', 'optimizer', 'training', 'data', 'generator', 'earlyStopping'])
    expect(parts['training']!.values).toEqual({ steps: 9, epoch: 1, dataEpochs: 0 })
    expect(parts['data']!.values).toEqual({ epoch: 1, batch: 4 })
  })

  it('keep the one that validated best', async () => {
    const rise = every<Sequential>(1, ({ model, step }) => {
      if (step > 5) model.parameters()[0]!.assign(tensor(Array.from({ length: 16 }, () => [9, 9, 9, 9, 9])))
    })
    await run([rise, checkpoints(folder, { keepBest: 'min' })], { epochs: 4, validation: [batchOf(40)] })
    expect(steps()).toEqual(['step-00000005', 'step-00000020'])
  })

  it('are made of a run that is stopped', async () => {
    await run([every(3, ({ stop }: Training) => stop('enough')), checkpoints(folder)])
    expect(steps()).toEqual(['step-00000003'])
  })
})

describe('early stopping', () => {
  it('ends a run whose validation gets no better', async () => {
    const model = network()
    const still = new SGD(model.parameters(), { lr: 0 })
    const training = await fit(model, {
      loss,
      optimizer: still,
      data: loaderOf(),
      epochs: 50,
      validation: [batchOf(4)],
      callbacks: [earlyStopping({ patience: 2 })],
    })
    expect(training).toMatchObject({ epoch: 4, stopped: 'the loss was no better for 3 validations' })
  })

  it('may watch a metric that is to rise', async () => {
    const measured = (model: Sequential, batch: Batch) => ({ loss: loss(model, batch), fall: loss(model, batch).neg() })
    const options = { loss: measured, epochs: 30, validation: [batchOf(40)] }
    const rising = await run([earlyStopping({ patience: 0, threshold: 1e9, metric: 'fall', mode: 'max' })], options)
    expect(rising).toMatchObject({ epoch: 2, stopped: expect.stringContaining('fall') })
    expect((await run([earlyStopping({ patience: 3, metric: 'fall', mode: 'max' })], options)).epoch).toBe(30)
    await expect(run([earlyStopping({ metric: 'none' })], options)).rejects.toThrow("no metric 'none'; there is fall")
  })
})

describe('logs', () => {
  const measured = (model: Sequential, batch: Batch) => ({ loss: loss(model, batch), 'a,"b"': batch.x.mean().mul(0) })
  const options: Partial<Options> = { loss: measured, steps: 7, validation: [batchOf(8)], schedule: step => step / 8 }

  it('as CSV have a line for each step and validation', async () => {
    const path = join(folder, 'logs', 'log.csv')
    const training = await run([csvLog(path)], options)
    const lines = readFileSync(path, 'utf8').split('\n')
    expect(lines[0]).toBe('step,epoch,split,loss,lr,norm,skipped,"a,""b"""')
    expect(lines.map(line => line.split(',').slice(0, 3).join(' ')).slice(1)).toEqual([
      ...[1, 2, 3, 4, 5].map(step => `${step} 0 training`),
      '5 1 validation',
      ...[6, 7].map(step => `${step} 1 training`),
      '7 1 validation',
      '',
    ])
    const { loss: value, norm } = training.report!
    expect(lines[8]).toBe(`7,1,training,${value},0.75,${norm},false,0`)
    expect(lines[9]).toBe(`7,1,validation,${training.validation!.loss},,,,0`)
    expect(lines.every(line => line === '' || line.split(',').length >= 8)).toBe(true)
  })

  it('as JSON lines say the same, and null for what is not finite', async () => {
    const path = join(folder, 'log.jsonl')
    const bad = { ...batchOf(4), x: batchOf(4).x.mul(NaN) }
    const training = await run([jsonLinesLog(path)], { ...options, data: [batchOf(4), bad], steps: 2 })
    const events = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as unknown)
    expect(events).toMatchObject([
      { event: 'step', step: 1, skipped: false, loss: expect.any(Number), metrics: { 'a,"b"': 0 } },
      { event: 'step', step: 2, skipped: true, loss: null, norm: null },
      { event: 'validation', step: 2, loss: training.validation!.loss },
    ])
  })

  it('of a new run begin anew', async () => {
    const path = join(scratch, 'old.csv')
    writeFileSync(path, 'old\n')
    await run([csvLog(path)], { steps: 1 })
    expect(readFileSync(path, 'utf8')).toMatch(/^step,epoch,.*\n1,0,training,.*\n$/)
  })
})
