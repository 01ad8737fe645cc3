/**
 * A network of two layers reads handwritten digits: 784 pixels, 256 hidden units, 10 classes. The loop is written out:
 * a step is a function that is compiled, and `optimizer.step` takes what `grad` gives.
 *
 *     node --conditions=@wids/source examples/digits/mlp.ts
 */
import { grad } from '@wids/autograd'
import { AdamW, cosineSchedule, crossEntropy, DataLoader, Dropout, Flatten, Linear, ReLU, Sequential } from '@wids/nn'
import { compile, manualSeed, type Tensor, tensor } from '@wids/tensor'
import { batchOf, type Digit, inNinePlaces, readDigits } from './digits.ts'

const createModel = (): Sequential =>
  new Sequential(new Flatten(), new Linear(784, 256), new ReLU(), new Dropout(0.2), new Linear(256, 10))

async function train(model: Sequential, digits: readonly Digit[], epochs: number, log: (line: string) => void) {
  const parameters = model.parameters()
  const loader = new DataLoader(inNinePlaces(digits), {
    batchSize: 64,
    shuffle: true,
    collate: batchOf,
    dropLast: true,
  })
  const optimizer = new AdamW(parameters)
  const schedule = cosineSchedule({ peak: 2e-3, warmup: 50, steps: epochs * loader.length })
  const step = compile((images: Tensor, labels: Tensor, lr: Tensor) => {
    const loss = crossEntropy(model.forward(images), labels) // of logits [batch, 10]
    optimizer.setLearningRate(lr)
    optimizer.step(grad(loss, parameters))
    return loss
  })
  for (let i = 0; i < epochs * loader.length;)
    for await (const [images, labels] of loader) {
      const loss = step(images, labels, tensor(schedule(i++)))
      if (i % 200 === 0) log(`step ${i}: loss ${(await loss.item()).toFixed(4)}`)
    }
}

/** The share of digits whose likeliest class is theirs. */
async function accuracyOf(model: Sequential, digits: readonly Digit[]): Promise<number> {
  model.eval()
  const [images, labels] = batchOf(digits)
  return model.forward(images).argmax(-1).eq(labels).to('f32').mean().item()
}

/** Trains, and tests on digits that were held out. */
export async function main({ epochs = 3, limit = Infinity, log = console.log } = {}): Promise<{ accuracy: number }> {
  manualSeed(1)
  const { training, heldOut } = readDigits(limit)
  const model = createModel()
  await train(model, training, epochs, log)
  const accuracy = await accuracyOf(model, heldOut)
  log(`${(100 * accuracy).toFixed(2)}% of ${heldOut.length} held-out digits are right`)
  return { accuracy }
}

if (import.meta.filename === process.argv[1]) await main()
