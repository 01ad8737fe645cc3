/** Trains from step FROM to step TO in FOLDER with THREADS threads: `node trainPart.ts FOLDER FROM TO THREADS`. */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { grad } from '@wids/autograd'
import { compile, Generator, setThreads, tensor, type Tensor } from '@wids/tensor'
import {
  AdamW,
  BatchNorm1d,
  clipGradNorm,
  cosineSchedule,
  DataLoader,
  Dropout,
  GradientSum,
  Linear,
  loadCheckpoint,
  mseLoss,
  ReduceOnPlateau,
  ReLU,
  saveCheckpoint,
  Sequential,
  WeightAverage,
} from '../../src/index.ts'

const [folder = '', from = '', to = '', threads = ''] = process.argv.slice(2)
setThreads(Number(threads))

const generator = new Generator(1)
const model = new Sequential(
  new Linear(24, 160, { generator }),
  new BatchNorm1d(160),
  new ReLU(),
  new Dropout(0.2, { generator }),
  new Linear(160, 8, { generator }),
)
const parameters = model.parameters()
const optimizer = new AdamW(parameters)
const sums = new GradientSum(parameters)
const average = new WeightAverage(model, { decay: 0.9 })
const plateau = new ReduceOnPlateau({ lr: 1e-2, patience: 1, factor: 0.9 })
const schedule = cosineSchedule({ peak: 1, warmup: 5, steps: 200 })

const wave = (n: number, size: number): number[] => Array.from({ length: size }, (_, i) => Math.sin(n * (i + 1) + i))
const examples = Array.from({ length: 700 }, (_, n) => ({ x: wave(n, 24), y: wave(n / 7, 8) }))
const loader = new DataLoader(examples, {
  batchSize: 32,
  shuffle: true,
  seed: 5,
  collate: items => ({ x: tensor(items.map(item => item.x)), y: tensor(items.map(item => item.y)) }),
})

const run = { model, optimizer, sums, average, plateau, loader, generator }
let step = Number(from)
if (step > 0) step = (await loadCheckpoint(folder, run)).step

const accumulate = compile((x: Tensor, y: Tensor) => {
  const loss = mseLoss(model.forward(x), y)
  sums.add(grad(loss, parameters))
  return loss
})
const update = compile((lr: Tensor) => {
  optimizer.setLearningRate(lr)
  optimizer.step(clipGradNorm(sums.takeMean(), 1).gradients)
  average.update()
  return lr
})

while (step < Number(to))
  for await (const { x, y } of loader) {
    const loss = await accumulate(x, y).item()
    step++
    appendFileSync(join(folder, 'losses.txt'), `${step} ${loss}\n`)
    if (step % 10 === 0) plateau.step(loss)
    if (step % 3 === 0) await update(tensor(schedule(step) * plateau.lr)).item()
    if (step === Number(to)) break
  }
await saveCheckpoint(folder, run, { step, config: { batch: 32 }, metric: plateau.lr })
