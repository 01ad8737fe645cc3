// Run by programMemory.test.ts in a process of its own: what a training step is said to need, and what it then used.
import { grad } from '@wids/autograd'
import { AdamW, Conv2d, crossEntropy, Flatten, GELU, Linear, MaxPool2d, type Module, Sequential } from '@wids/nn'
import { compile, memory, tensor, type Tensor } from '@wids/tensor'
import { GPT } from '../src/index.ts'

const ramp = (shape: readonly number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i % 17) / 17),
    { shape },
  )
const ids = (count: number, shape: readonly number[]): Tensor =>
  tensor(
    Int32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i * 7) % count),
    { shape },
  )

interface Task {
  readonly model: Module
  readonly logits: (x: Tensor) => Tensor
  readonly input: () => Tensor
  readonly classes: readonly [count: number, rows: number]
}

const sequential = (model: Sequential): Pick<Task, 'model' | 'logits'> => ({ model, logits: x => model.forward(x) })

const tasks: Record<string, () => Task> = {
  mlp: () => ({
    ...sequential(
      new Sequential(new Linear(784, 512), new GELU(), new Linear(512, 512), new GELU(), new Linear(512, 10)),
    ),
    input: () => ramp([256, 784]),
    classes: [10, 256],
  }),
  convolution: () => ({
    ...sequential(
      new Sequential(
        new Conv2d(3, 16, 3),
        new GELU(),
        new MaxPool2d(2),
        new Conv2d(16, 32, 3),
        new GELU(),
        new Flatten(),
        new Linear(32 * 13 * 13, 10),
      ),
    ),
    input: () => ramp([16, 3, 32, 32]),
    classes: [10, 16],
  }),
  gpt: () => {
    const model = new GPT({ layers: 3, heads: 4, width: 128, context: 64, vocabSize: 65 })
    return {
      model,
      logits: x => model.forward(x).flatten(0, 1),
      input: () => ids(65, [8, 64]),
      classes: [65, 8 * 64],
    }
  },
}

const { model, logits, input, classes } = tasks[process.argv[2]!]!()
const optimizer = new AdamW(model.parameters(), { lr: 1e-3 })
const step = compile((x: Tensor, y: Tensor) => {
  const loss = crossEntropy(logits(x), y)
  optimizer.step(grad(loss, model.parameters()))
  return loss
})
const batch = (): [Tensor, Tensor] => [input(), ids(classes[0], [classes[1]])]
const predicted = step.program(...batch()).memory
const before = memory().peak
for (let i = 0; i < 4; i++) await step(...batch()).item()
console.log(JSON.stringify({ predicted, before, used: memory() }))
