import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Generator, randn, tensor, type Tensor } from '@wids/tensor'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  AdamW,
  bestCheckpoint,
  CheckpointError,
  DataLoader,
  FormatError,
  Linear,
  latestCheckpoint,
  loadCheckpoint,
  readCheckpoint,
  ReduceOnPlateau,
  saveCheckpoint,
  type Stateful,
} from '../src/index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wids-checkpoint-'))
})
afterEach(() => rm(folder, { recursive: true }))

const generator = new Generator(3)
function newRun(lr: number) {
  const model = new Linear(3, 2, { generator })
  const optimizer = new AdamW(model.parameters(), { lr })
  const plateau = new ReduceOnPlateau({ lr, patience: 0 })
  const loader = new DataLoader([1, 2, 3, 4, 5], { batchSize: 2, shuffle: true })
  return { model, optimizer, plateau, loader, generator: new Generator(lr * 10) }
}
type Parts = ReturnType<typeof newRun>

const gradientsOf = ({ model, generator: own }: Parts): Tensor[] =>
  model.parameters().map(p => randn(p.shape, { generator: own }))

/** Every value of every part. */
async function valuesOf(run: Parts): Promise<unknown> {
  const tensors = [run.model, run.optimizer, run.generator].flatMap(part => Object.entries<Tensor>(part.stateDict()))
  const data = tensors.map(async ([name, value]) => [name, Array.from(await value.data())])
  return [await Promise.all(data), run.plateau.stateDict(), run.loader.stateDict()]
}

/** A part with one tensor. */
const holding = (value: number): { readonly part: Stateful } => {
  const w = tensor([value])
  return { part: { stateDict: () => ({ w }), loadStateDict: ({ w: read }) => w.assign(read as Tensor) } }
}

it('brings back every part of a run, and what says how it was set up', async () => {
  const run = newRun(0.1)
  run.optimizer.step(gradientsOf(run))
  run.plateau.step(1)
  run.plateau.step(2)
  for await (const _ of run.loader) break
  const config = { lr: 0.1, names: ['a'], none: null }
  const path = await saveCheckpoint(join(folder, 'new', 'run'), run, { step: 12, config, metric: 1.5 })
  expect(path).toBe(join(folder, 'new', 'run', 'step-00000012'))
  expect((await readdir(path)).toSorted()).toEqual([
    'checkpoint.json',
    'generator.safetensors',
    'model.safetensors',
    'optimizer.safetensors',
  ])

  const again = newRun(0.7)
  expect(await loadCheckpoint(join(folder, 'new', 'run'), again)).toEqual({ path, step: 12, config, metric: 1.5 })
  expect(await valuesOf(again)).toEqual(await valuesOf(run))
  for (const each of [run, again]) each.optimizer.step(gradientsOf(each))
  expect(await valuesOf(again)).toEqual(await valuesOf(run))
})

it('holds the values of the moment of the call', async () => {
  const { part } = holding(1)
  const saved = saveCheckpoint(folder, { part }, { step: 0 })
  part.loadStateDict({ w: tensor([2]) })
  await saved
  const { parts } = await readCheckpoint(folder)
  expect(await parts['part']!.tensors['w']!.item()).toBe(1)
})

describe('keeping', () => {
  const names = async (): Promise<string[]> => (await readdir(folder)).toSorted()

  it('the newest, by step and then by time, and nothing that killed writers left', async () => {
    await mkdir(join(folder, '.tmp-1-x'))
    for (const step of [9, 100, 100, 101]) await saveCheckpoint(folder, holding(step), { step, keep: 3 })
    expect(await names()).toEqual(['step-00000100', 'step-00000100.1', 'step-00000101'])
    expect(await latestCheckpoint(folder)).toBe(join(folder, 'step-00000101'))
    expect((await readCheckpoint(folder)).step).toBe(101)
    expect((await readCheckpoint(join(folder, 'step-00000100.1'))).step).toBe(100)
  })

  it('what was just written, though others have more steps', async () => {
    for (const step of [8, 7]) await saveCheckpoint(folder, holding(step), { step })
    expect(await names()).toEqual(['step-00000007', 'step-00000008'])
  })

  it.each(['min', 'max'] as const)('the best by %s', async keepBest => {
    const metrics = [5, NaN, 1, 3, 9, undefined, 4]
    for (const [step, metric] of metrics.entries())
      await saveCheckpoint(folder, holding(step), { step, metric, keepBest })
    const best = keepBest === 'min' ? 2 : 4
    expect(await names()).toEqual([`step-0000000${best}`, 'step-00000006'])
    expect(await bestCheckpoint(folder, keepBest)).toBe(join(folder, `step-0000000${best}`))
  })

  it('saves that run at once leave each other alone', async () => {
    const steps = [1, 2, 3, 4]
    await Promise.all(steps.map(step => saveCheckpoint(folder, holding(step), { step, keep: 4 })))
    for (const step of steps) expect((await readCheckpoint(join(folder, `step-0000000${step}`))).step).toBe(step)
  })
})

it('nothing changes when one part cannot take its state', async () => {
  const run = newRun(0.1)
  await saveCheckpoint(folder, run, { step: 1 })
  const other = newRun(0.2)
  const wider = { ...other, generator: new Generator(1), optimizer: new AdamW([tensor([1, 2])]) }
  const before = await valuesOf({ ...other, generator: wider.generator })
  await expect(loadCheckpoint(folder, wider)).rejects.toThrow(/step-00000001: 'optimizer' cannot take its state: /)
  expect(await valuesOf({ ...other, generator: wider.generator })).toEqual(before)
})

it('says what is wrong', async () => {
  const { part } = holding(1)
  await expect(readCheckpoint(join(folder, 'none'))).rejects.toThrow(CheckpointError)
  await expect(readCheckpoint(folder)).rejects.toThrow('there is no checkpoint here')
  expect(await latestCheckpoint(join(folder, 'none'))).toBeUndefined()
  expect(await bestCheckpoint(folder)).toBeUndefined()
  await expect(saveCheckpoint(folder, {}, { step: 0.5 })).rejects.toThrow('step is a whole number')
  await expect(saveCheckpoint(folder, {}, { step: 1, keep: 0 })).rejects.toThrow('keep is at least 1')
  await expect(saveCheckpoint(folder, { '../part': part }, { step: 1 })).rejects.toThrow("'../part' cannot name a part")
  await expect(saveCheckpoint(folder, {}, { step: 1, config: { lr: [NaN] } })).rejects.toThrow('config.lr.0 is NaN')
  expect(await readdir(folder)).toEqual([])

  const path = await saveCheckpoint(folder, { part }, { step: 1 })
  await expect(loadCheckpoint(folder, { other: part })).rejects.toThrow("it has no part 'other'; it has part")
  await writeFile(join(path, 'part.safetensors'), 'no')
  await expect(loadCheckpoint(folder, { part })).rejects.toThrow(FormatError)
  await writeFile(join(folder, 'file'), '')
  await expect(saveCheckpoint(join(folder, 'file'), { part }, { step: 1 })).rejects.toThrow(CheckpointError)
})

it('believes no description that is damaged', async () => {
  const path = await saveCheckpoint(folder, holding(1), { step: 1 })
  const file = join(path, 'checkpoint.json')
  const whole = JSON.parse(await readFile(file, 'utf8')) as object
  for (const [change, problem] of [
    [{ version: 2 }, 'this version'],
    [{ step: -0.5 }, 'this version'],
    [{ metric: 'low' }, 'this version'],
    [{ tensors: ['../../model'] }, 'this version'],
    [{ values: { part: 3 } }, 'this version'],
    [{ values: {} }, "it has no part 'part'"],
  ] as const) {
    await writeFile(file, JSON.stringify({ ...whole, ...change }))
    await expect(readCheckpoint(folder, { parts: ['part'] })).rejects.toThrow(problem)
  }
  await writeFile(file, '{')
  await expect(readCheckpoint(folder)).rejects.toThrow('not JSON')
})
