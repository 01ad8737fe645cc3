import { grad } from '@wids/autograd'
import { AdamW, crossEntropy } from '@wids/nn'
import { compile, randint, randn, realize, type Tensor, zeros } from '@wids/tensor'
import { GPT } from '@wids/transformer'
import type { Prepared, RowsTask } from '../../tasks.ts'
import type { Pass } from '../../workloads.ts'

/** Results of a matrix, by operation. */
const results: Record<Exclude<Pass['op'], 'adamW'>, (x: Tensor, classes: Tensor) => Tensor> = {
  softmax: x => x.softmax(),
  layerNorm: x => x.normalize(),
  gelu: x => x.gelu('tanh'),
  columnSum: x => x.sum(0),
  crossEntropy: (x, classes) => grad(crossEntropy(x, classes), x),
}

/** A program that assigns to a tensor, so that no memory is asked for, and that tensor. */
async function programOf(pass: Pass): Promise<readonly [run: () => void, target: Tensor]> {
  if (pass.op === 'adamW') {
    const { vocabulary: vocabSize, ...sizes } = pass.sizes
    const parameters = new GPT({ ...sizes, vocabSize }).parameters()
    const gradients = parameters.map(parameter => randn(parameter.shape))
    const optimizer = new AdamW(parameters, { lr: 1e-3 })
    await realize(...parameters)
    await realize(...gradients)
    return [compile(() => optimizer.step(gradients)), parameters[0]!]
  }
  const [rows, columns] = pass.shape
  const x = randn([rows, columns])
  const classes = randint(0, columns, [rows])
  const result = (): Tensor => results[pass.op](x, classes)
  const target = zeros(result().shape)
  await realize(x, classes, target)
  return [compile(() => void target.assign(result())), target]
}

export async function prepare({ pass }: RowsTask): Promise<Prepared> {
  const [program, target] = await programOf(pass)
  const run = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) program()
    await realize(target)
  }
  await run(3)
  return { check: [], run }
}
