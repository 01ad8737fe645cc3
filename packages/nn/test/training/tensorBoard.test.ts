import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { AdamW, checkpoints, fit, SummaryWriter, tensorBoard } from '../../src/index.ts'
import { crc32c } from '../../src/training/tensorBoard/tfRecord.ts'
import { histogramOf } from '../../src/training/tensorBoard/histogram.ts'
import { readEvents } from './eventFile.ts'
import { batchOf, loaderOf, loss, network } from './task.ts'

const folder = mkdtempSync(join(tmpdir(), 'wids-events-'))
afterAll(() => rmSync(folder, { recursive: true }))

it("checksums are RFC 3720's", () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43)
})

// TensorBoard's own reader is asked by tools/check_tensorboard.py.
it('a reader of its own finds what was added', () => {
  const writer = new SummaryWriter(join(folder, 'writer'), { purgeStep: 7, now: () => 1.7e12 })
  writer.addScalar('loss', 0.5, 1)
  writer.addScalar('loss', NaN, 2)
  writer.addHistogram('weights', [-1, 0, 2, 2, Infinity], 2 ** 40)
  writer.addText('sample', 'Ünïcode\n**bold**', 3)
  writer.close()
  expect(writer.path).toMatch(/events\.out\.tfevents\.1700000000\./)
  const events = readEvents(readFileSync(writer.path))
  expect(new Set(events.map(({ wallTime }) => wallTime))).toEqual(new Set([1.7e9]))
  expect(events).toMatchObject([
    { step: 0, fileVersion: 'brain.Event:2' },
    { step: 7, session: 1 },
    { step: 1, tag: 'loss', scalar: 0.5 },
    { step: 2, tag: 'loss', scalar: NaN },
    { step: 2 ** 40, tag: 'weights', histogram: { moments: [-1, 2, 4, 3, 9] } },
    { step: 3, tag: 'sample', text: 'Ünïcode\n**bold**', plugin: 'text' },
  ])
})

it('a histogram counts every finite value between its limits', () => {
  const value = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1e-12, 1e20, -1e300, NaN, Infinity))
  fc.assert(
    fc.property(fc.array(value), values => {
      const finite = values.filter(Number.isFinite)
      const { limits, counts, num } = histogramOf(values)
      expect(num).toBe(finite.length)
      expect(limits).toEqual(limits.toSorted((a, b) => a - b))
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(num)
      for (const [i, limit] of limits.entries()) {
        const below = counts.slice(0, i + 1).reduce((sum, count) => sum + count, 0)
        expect(below).toBe(finite.filter(each => each <= limit).length)
      }
    }),
  )
})

it('fit writes its steps and weights, and a run that is resumed takes back what it does again', async () => {
  const [events, saved] = [join(folder, 'fit'), join(folder, 'saved')]
  const run = (steps: number, resume?: string) => {
    const model = network()
    return fit(model, {
      loss,
      optimizer: new AdamW(model.parameters(), { lr: 0.25 }),
      data: loaderOf(),
      steps,
      validation: [batchOf(4)],
      resume,
      callbacks: [tensorBoard(events, { histograms: 2 }), checkpoints(saved, { every: 2 })],
    })
  }
  const whole = await run(4)
  const [file] = readdirSync(events)
  const written = readEvents(readFileSync(join(events, file!)))
  const stepsOf = (tag: string): number[] => written.filter(event => event.tag === tag).map(({ step }) => step)
  expect(stepsOf('training/loss')).toEqual([1, 2, 3, 4])
  expect(stepsOf('training/norm')).toEqual([1, 2, 3, 4])
  expect(stepsOf('0.weight')).toEqual([2, 4])
  expect(stepsOf('validation/loss')).toEqual([4])
  expect(written.find(({ tag }) => tag === 'training/lr')!.scalar).toBe(0.25)
  expect(written.findLast(({ tag }) => tag === 'training/loss')!.scalar).toBe(whole.report!.loss)

  await run(6, saved)
  const second = readdirSync(events).find(name => name !== file)!
  const resumed = readEvents(readFileSync(join(events, second)))
  expect(resumed[1]).toMatchObject({ step: 5, session: 1 })
  expect(resumed.filter(({ tag }) => tag === 'training/loss').map(({ step }) => step)).toEqual([5, 6])
})
