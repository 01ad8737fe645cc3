/**
 * Three convolutions read handwritten digits. Each is followed by a normalisation over the batch; the first two halve the
 * image. `fit` trains, and validates after each epoch on digits that were held out.
 *
 *     node --conditions=@wids/source examples/digits/cnn.ts
 */
import {
  AdamW,
  BatchNorm2d,
  Conv2d,
  cosineSchedule,
  crossEntropy,
  DataLoader,
  Dropout,
  fit,
  Flatten,
  Linear,
  MaxPool2d,
  ReLU,
  Sequential,
} from '@wids/nn'
import { manualSeed, type Tensor } from '@wids/tensor'
import { type Batch, batchOf, inNinePlaces, readDigits } from './digits.ts'

const createModel = (): Sequential =>
  new Sequential(
    new Conv2d(1, 16, 3, { padding: 1 }), // [batch, 16, 28, 28]
    new BatchNorm2d(16),
    new ReLU(),
    new MaxPool2d(2), // [batch, 16, 14, 14]
    new Conv2d(16, 32, 3, { padding: 1 }),
    new BatchNorm2d(32),
    new ReLU(),
    new MaxPool2d(2), // [batch, 32, 7, 7]
    new Conv2d(32, 64, 3), // [batch, 64, 5, 5]
    new BatchNorm2d(64),
    new ReLU(),
    new Flatten(),
    new Dropout(0.5),
    new Linear(64 * 25, 128),
    new ReLU(),
    new Dropout(0.5),
    new Linear(128, 10),
  )

/** Cross-entropy, and the share of digits whose likeliest class is theirs. */
function judge(model: Sequential, [images, labels]: Batch): { loss: Tensor; accuracy: Tensor } {
  const logits = model.forward(images) // [batch, 10]
  return { loss: crossEntropy(logits, labels), accuracy: logits.argmax(-1).eq(labels).to('f32').mean() }
}

/** Trains, and tests on digits that were held out. */
export async function main({ epochs = 3, limit = Infinity, log = console.log } = {}): Promise<{ accuracy: number }> {
  manualSeed(1)
  const { training, heldOut } = readDigits(limit)
  const model = createModel()
  const data = new DataLoader(inNinePlaces(training), {
    batchSize: 64,
    shuffle: true,
    collate: batchOf,
    dropLast: true,
  })
  const { validation } = await fit(model, {
    loss: judge,
    optimizer: new AdamW(model.parameters()),
    schedule: cosineSchedule({ peak: 2e-3, warmup: 50, steps: epochs * data.length }),
    data,
    epochs,
    validation: new DataLoader(heldOut, { batchSize: 250, collate: batchOf }),
    callbacks: [
      {
        onStep: ({ step, loss }) => void (step % 100 === 0 && log(`step ${step}: loss ${loss.toFixed(4)}`)),
        onValidation: ({ metrics }) => log(`${(100 * metrics['accuracy']!).toFixed(2)}% of held-out digits are right`),
      },
    ],
  })
  return { accuracy: validation!.metrics['accuracy']! }
}

if (import.meta.filename === process.argv[1]) await main()
