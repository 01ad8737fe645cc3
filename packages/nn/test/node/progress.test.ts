import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { AdamW, fit, type FitOptions, type Sequential } from '../../src/index.ts'
import { progress, type ProgressOptions } from '../../src/node/index.ts'
import { type Batch, batchOf, loaderOf, loss, network } from '../training/task.ts'

/** What a run of 40 steps, each taking half a second on its clock, shows. */
async function shown(
  isTTY: boolean,
  options: Partial<FitOptions<Sequential, Batch>> = {},
  display: ProgressOptions = {},
): Promise<string> {
  let text = ''
  const write = (chunk: Buffer, _: string, done: () => void): void => {
    text += chunk.toString()
    done()
  }
  const stream = Object.assign(new Writable({ write }), { isTTY })
  let steps = 0
  const model = network()
  const optimizer = new AdamW(model.parameters())
  const callbacks = [() => void steps++, progress({ stream, now: () => steps * 500, ...display })]
  await fit(model, { loss, optimizer, data: loaderOf(), steps: 40, ...options, callbacks })
  return text
}

it('is twenty lines where there is no terminal, with pace and time left', async () => {
  const lines = (await shown(false)).split('\n')
  expect(lines).toHaveLength(21)
  expect(lines[0]).toMatch(/^step 2\/40 {2}loss \d\.\d{3} {2}2 steps\/s {2}0:19 left$/)
  expect(lines[19]).toMatch(/^step 40\/40 {2}loss \d\.\d{3} {2}2 steps\/s {2}0:00 left$/)
})

it('counts the pace in other units', async () => {
  expect(await shown(false, {}, { pace: { unit: 'tokens', perStep: 1234 } })).toContain('  2,470 tokens/s  ')
})

it('is a bar on a terminal, which is closed at the end', async () => {
  const text = await shown(true)
  expect(text).toContain('█')
  expect(text).toContain('40/40')
  expect(text.endsWith('\n')).toBe(true)
})

it('says what is skipped and what validations give', async () => {
  const batches = [batchOf(4), { ...batchOf(4), x: batchOf(4).x.mul(NaN) }]
  for (const isTTY of [false, true]) {
    const text = await shown(isTTY, { data: batches, steps: 3, validation: [batchOf(8)], validateEvery: 3 })
    expect(text).toContain('step 2 was skipped: loss NaN, gradient norm NaN')
    expect(text).toMatch(/step 3 {2}validation loss \d\.\d{3}\n/)
  }
})

it('is a line every hundred steps where nobody knows the end', async () => {
  const endless = function* (): Generator<Batch> {
    for (let i = 0; i < 205; i++) yield batchOf(4)
  }
  const text = await shown(true, { data: endless(), steps: undefined, epochs: 1 })
  expect(text).toMatch(/^step 100 {2}loss \d\.\d{3} {2}2 steps\/s\nstep 200 {2}loss \d\.\d{3} {2}2 steps\/s\n$/)
})
