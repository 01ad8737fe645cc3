/**
 * A variational autoencoder learns to draw digits (Kingma & Welling, "Auto-encoding variational Bayes", 2014). It maps an
 * image to a normal distribution of codes, draws one, and draws the image from it; what it loses is what the image then
 * costs, plus what the code tells. Codes drawn from the standard normal distribution become new digits, here as a PNG.
 *
 *     node --conditions=@wids/source examples/digits/vae.ts digits.png
 */
import { writeFileSync } from 'node:fs'
import { grad } from '@wids/autograd'
import {
  AdamW,
  binaryCrossEntropyWithLogits,
  Conv2d,
  ConvTranspose2d,
  cosineSchedule,
  DataLoader,
  gaussianKl,
  Linear,
  Module,
} from '@wids/nn'
import { compile, Generator, manualSeed, randn, type Tensor, tensor } from '@wids/tensor'
import { encode } from 'fast-png'
import { batchOf, type Digit, readDigits, side } from './digits.ts'

const codes = 16

class Autoencoder extends Module {
  conv1 = new Conv2d(1, 16, 4, { stride: 2, padding: 1 })
  conv2 = new Conv2d(16, 32, 4, { stride: 2, padding: 1 })
  toCode = new Linear(32 * 7 * 7, 2 * codes)
  fromCode = new Linear(codes, 32 * 7 * 7)
  deconv1 = new ConvTranspose2d(32, 16, 4, { stride: 2, padding: 1 })
  deconv2 = new ConvTranspose2d(16, 1, 4, { stride: 2, padding: 1 })

  /** [batch, 1, 28, 28] → mean and logarithm of the variance of the code, each [batch, codes] */
  encode(images: Tensor): { mean: Tensor; logVariance: Tensor } {
    const small = this.conv2.forward(this.conv1.forward(images).relu()).relu() // [batch, 32, 7, 7]
    const [mean, logVariance] = this.toCode.forward(small.flatten(1)).chunk(2, 1) as [Tensor, Tensor]
    return { mean, logVariance }
  }

  /** [batch, codes] → logits of ink [batch, 1, 28, 28] */
  decode(code: Tensor): Tensor {
    const small = this.fromCode.forward(code).relu().reshape([-1, 32, 7, 7])
    return this.deconv2.forward(this.deconv1.forward(small).relu())
  }

  /** What an image costs in nats: −E ln p(image | code) + KL(code ‖ N(0, 1)), the mean over a batch. */
  cost(images: Tensor): Tensor {
    const { mean, logVariance } = this.encode(images)
    const code = mean.add(logVariance.mul(0.5).exp().mul(randn(mean.shape))) // μ + σ·ε [batch, codes]
    const drawing = binaryCrossEntropyWithLogits(this.decode(code), images, { reduction: 'sum' })
    return drawing.div(images.shape[0]!).add(gaussianKl(mean, logVariance, { reduction: 'batchMean' }))
  }
}

async function train(model: Autoencoder, digits: readonly Digit[], epochs: number, log: (line: string) => void) {
  const parameters = model.parameters()
  const optimizer = new AdamW(parameters)
  const loader = new DataLoader(digits, { batchSize: 64, shuffle: true, dropLast: true, collate: batchOf })
  const schedule = cosineSchedule({ peak: 2e-3, warmup: 50, steps: epochs * loader.length })
  const step = compile((images: Tensor, lr: Tensor) => {
    const cost = model.cost(images)
    optimizer.setLearningRate(lr)
    optimizer.step(grad(cost, parameters))
    return cost
  })
  for (let i = 0; i < epochs * loader.length;)
    for await (const [images] of loader) {
      const cost = step(images, tensor(schedule(i++)))
      if (i % 200 === 0) log(`step ${i}: ${(await cost.item()).toFixed(1)} nats`)
    }
}

/** New digits, eight rows of eight, as the bytes of a PNG. */
async function drawGrid(model: Autoencoder, rows = 8): Promise<Uint8Array> {
  const code = randn([rows * rows, codes], { generator: new Generator(1) })
  const ink = model.decode(code).sigmoid().reshape([rows, rows, side, side]).transpose(1, 2) // [rows, side, rows, side]
  const grey = Uint8Array.from(await ink.data(), value => Math.round(255 * (1 - value)))
  return encode({ width: rows * side, height: rows * side, data: grey, channels: 1 })
}

/** Trains, measures what held-out digits cost, and draws new ones. */
export async function main({ epochs = 30, limit = Infinity, log = console.log } = {}): Promise<{
  readonly cost: number
  readonly png: Uint8Array
}> {
  manualSeed(1)
  const { training, heldOut } = readDigits(limit)
  const model = new Autoencoder()
  await train(model, training, epochs, log)
  const cost = await model.cost(batchOf(heldOut)[0]).item()
  log(`${cost.toFixed(1)} nats for each of ${heldOut.length} held-out digits`)
  return { cost, png: await drawGrid(model) }
}

if (import.meta.filename === process.argv[1]) {
  const { png } = await main()
  const path = process.argv[2] ?? 'digits.png'
  writeFileSync(path, png)
  console.log(`drew ${path}`)
}
