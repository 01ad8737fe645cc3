import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Generator, randn, tensor } from '@wids/tensor'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { AdamW, CheckpointError, FormatError, Linear, loadCheckpoint, saveCheckpoint } from '../src/index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wids-checkpoint-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('brings back model, optimizer, generators and the rest', async () => {
  const generator = new Generator(3)
  const model = new Linear(3, 2, { generator })
  const optimizer = new AdamW(model.parameters(), { lr: 0.1 })
  optimizer.step(model.parameters().map(p => randn(p.shape, { generator })))
  const state = {
    step: 12,
    model: model.stateDict(),
    optimizer: optimizer.stateDict(),
    random: { data: generator.state },
  }
  const path = await saveCheckpoint(join(folder, 'new', 'run'), { ...state, extra: { loss: 1.5, names: ['a'] } })
  expect(path).toBe(join(folder, 'new', 'run', 'step-00000012'))
  const loaded = await loadCheckpoint(join(folder, 'new', 'run'))
  expect([loaded.step, loaded.extra, loaded.path]).toEqual([12, { loss: 1.5, names: ['a'] }, path])
  const again = new Linear(3, 2)
  const resumed = new AdamW(again.parameters())
  again.loadStateDict(loaded.model)
  resumed.loadStateDict(loaded.optimizer!)
  generator.state.assign(loaded.random!['data']!)
  const gradients = model.parameters().map(p => randn(p.shape, { generator }))
  optimizer.step(gradients)
  resumed.step(gradients)
  expect(await again.weight.data()).toEqual(await model.weight.data())
  expect(await resumed.lr.item()).toBeCloseTo(0.1)
})

it('keeps the newest, by step and then by time, and clears what killed writers left', async () => {
  await mkdir(join(folder, '.tmp-1-x'))
  for (const step of [9, 100, 100, 101])
    await saveCheckpoint(folder, { step, model: { w: tensor([step]) } }, { keep: 3 })
  expect((await readdir(folder)).toSorted()).toEqual(['step-00000100', 'step-00000100.1', 'step-00000101'])
  expect((await loadCheckpoint(folder)).step).toBe(101)
  expect(await (await loadCheckpoint(join(folder, 'step-00000100.1'))).model['w']!.item()).toBe(100)
  await saveCheckpoint(folder, { step: 7, model: {} }, { keep: 4 })
  expect((await loadCheckpoint(folder)).step).toBe(101)
})

it('says what is wrong', async () => {
  await expect(loadCheckpoint(join(folder, 'none'))).rejects.toThrow(CheckpointError)
  await expect(loadCheckpoint(folder)).rejects.toThrow('there is no checkpoint here')
  await expect(saveCheckpoint(folder, { step: 0.5, model: {} })).rejects.toThrow('whole number')
  const path = await saveCheckpoint(folder, { step: 1, model: { w: tensor([1]) } })
  await writeFile(join(path, 'model.safetensors'), 'no')
  await expect(loadCheckpoint(folder)).rejects.toThrow(FormatError)
  await writeFile(join(path, 'checkpoint.json'), '{"version": 2}')
  await expect(loadCheckpoint(folder)).rejects.toThrow('this version')
  await writeFile(join(path, 'checkpoint.json'), '{')
  await expect(loadCheckpoint(folder)).rejects.toThrow('not JSON')
  await writeFile(join(folder, 'file'), '')
  await expect(saveCheckpoint(join(folder, 'file'), { step: 1, model: {} })).rejects.toThrow(CheckpointError)
})
