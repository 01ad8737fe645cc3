/**
 * Four activations on one task: is a point inside the ring? Sigmoids pass on at most a quarter of a gradient, and
 * through several layers little is left of it; tanh passes on more, ReLU all or nothing, leaky ReLU never nothing.
 *
 *     node --conditions=@wids/source examples/activations.ts
 */
import { grad } from '@wids/autograd'
import {
  binaryCrossEntropyWithLogits,
  LeakyReLU,
  type Layer,
  Linear,
  ReLU,
  Sequential,
  SGD,
  Sigmoid,
  Tanh,
} from '@wids/nn'
import { compile, Generator, rand, realize, type Tensor, tensor } from '@wids/tensor'

const activations = { sigmoid: Sigmoid, tanh: Tanh, relu: ReLU, leakyRelu: LeakyReLU }
export type Name = keyof typeof activations

export interface ActivationResult {
  readonly firstLoss: number
  readonly lastLoss: number
  readonly accuracy: number
  /** Norm of the gradient of the first layer over that of the last, before training. */
  readonly gradientRatio: number
}

/** Points of the square [−1, 1]² and whether their distance to the centre lies between 0.4 and 0.8. */
function ring(generator: Generator): { x: Tensor; y: Tensor } {
  const x = rand([256, 2], { generator }).mul(2).sub(1) // [points, 2]
  const distance = x.norm(1, true) // [points, 1]
  return { x, y: distance.gt(0.4).and(distance.lt(0.8)).to('f32') }
}

/** 2 → 16 → 16 → 16 → 1, from the same weights for every activation. */
function network(activation: () => Layer): Sequential {
  const generator = new Generator(3)
  const widths = [2, 16, 16, 16, 1]
  const linear = widths.slice(1).map((width, i) => new Linear(widths[i]!, width, { generator }))
  return new Sequential(...linear.flatMap((layer, i) => (i === 0 ? [layer] : [activation(), layer])))
}

async function train(name: Name, x: Tensor, y: Tensor): Promise<ActivationResult> {
  const model = network(() => new activations[name]())
  const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })
  const step = compile((x: Tensor, y: Tensor) => {
    const logits = model.forward(x) // [points, 1]
    const loss = binaryCrossEntropyWithLogits(logits, y)
    const gradients = grad(loss, model.parameters())
    optimizer.step(gradients)
    const accuracy = logits.gt(0).eq(y.gt(0.5)).to('f32').mean()
    // Weights lie at 0, 2, 4, 6, biases between.
    return { loss, accuracy, ratio: gradients[0]!.norm().div(gradients[6]!.norm()) }
  })
  const first = step(x, y)
  await realize(first.loss, first.ratio)
  let last = first
  for (let i = 0; i < 500; i++) last = step(x, y)
  return {
    firstLoss: await first.loss.item(),
    lastLoss: await last.loss.item(),
    accuracy: await last.accuracy.item(),
    gradientRatio: await first.ratio.item(),
  }
}

/** Value and slope of each activation at some points. */
async function shapes(log: (line: string) => void): Promise<void> {
  const x = tensor([-2, -0.5, 0.5, 2])
  const row = (values: Iterable<number>): string => [...values].map(v => v.toFixed(2).padStart(6)).join('')
  log(`x                ${row(await x.data())}`)
  for (const [name, Activation] of Object.entries(activations)) {
    const y = new Activation().forward(x)
    log(`${name.padEnd(9)} f(x)   ${row(await y.data())}`)
    log(`${' '.repeat(9)} f′(x)  ${row(await grad(y.sum(), x).data())}`)
  }
}

/** Trains one network for each activation. */
export async function main(log: (line: string) => void = console.log): Promise<Record<Name, ActivationResult>> {
  await shapes(log)
  const { x, y } = ring(new Generator(2))
  await realize(x, y)
  const results = {} as Record<Name, ActivationResult>
  for (const name of Object.keys(activations) as Name[]) {
    const result = await train(name, x, y)
    const { firstLoss, lastLoss, accuracy, gradientRatio } = result
    log(
      `${name.padEnd(9)} loss ${firstLoss.toFixed(3)} → ${lastLoss.toFixed(3)}, ${(100 * accuracy).toFixed(1)}% right; ` +
        `first layer's gradient / last layer's ${gradientRatio.toFixed(3)}`,
    )
    results[name] = result
  }
  return results
}

if (import.meta.filename === process.argv[1]) await main()
