/**
 * Trains with `fit` in FOLDER to step 200, with a checkpoint every 40 steps, and dies at step DIES; goes on from what is
 * there: `node fitPart.ts FOLDER THREADS DIES`.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Generator, setThreads, tensor } from '@wids/tensor'
import {
  AdamW,
  BatchNorm1d,
  checkpoints,
  csvLog,
  DataLoader,
  Dropout,
  earlyStopping,
  every,
  fit,
  GradScaler,
  jsonLinesLog,
  Linear,
  mseLoss,
  ReduceOnPlateau,
  ReLU,
  Sequential,
  WeightAverage,
} from '../../src/index.ts'

const [folder = '', threads = '', dies = ''] = process.argv.slice(2)
setThreads(Number(threads))
const saved = join(folder, 'checkpoints')

const generator = new Generator(1)
const model = new Sequential(
  new Linear(24, 160, { generator }),
  new BatchNorm1d(160),
  new ReLU(),
  new Dropout(0.2, { generator }),
  new Linear(160, 8, { generator }),
)
const wave = (n: number, size: number): number[] => Array.from({ length: size }, (_, i) => Math.sin(n * (i + 1) + i))
const examples = Array.from({ length: 700 }, (_, n) => ({ x: wave(n, 24), y: wave(n / 7, 8) }))
const loader = (items: typeof examples, shuffle: boolean) =>
  new DataLoader(items, {
    batchSize: 16,
    shuffle,
    seed: 5,
    collate: batch => ({ x: tensor(batch.map(item => item.x)), y: tensor(batch.map(item => item.y)) }),
  })

await fit(model, {
  loss: (model, { x, y }) => mseLoss(model.forward(x), y),
  optimizer: new AdamW(model.parameters()),
  schedule: new ReduceOnPlateau({ lr: 1e-2, patience: 0, factor: 0.9, threshold: 0.2 }),
  scaler: new GradScaler({ growthInterval: 7 }),
  ema: new WeightAverage(model, { decay: 0.9 }),
  clip: 1,
  data: loader(examples.slice(0, 650), true), // 41 batches: 14 steps of three, the last of two
  accumulate: 3,
  validation: loader(examples.slice(650), true),
  validateEvery: 30,
  steps: 200,
  generators: { generator },
  resume: existsSync(saved) ? saved : undefined,
  callbacks: [
    csvLog(join(folder, 'log.csv')),
    jsonLinesLog(join(folder, 'log.jsonl')),
    earlyStopping({ patience: 100 }),
    checkpoints(saved, { every: 40, keep: 1 }),
    every(Number(dies), () => process.kill(process.pid, 'SIGKILL')),
  ],
})
