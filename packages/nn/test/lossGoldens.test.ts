import { grad } from '@wids/autograd'
import { type GoldenTensor, readGolden, tolerances } from '@wids/testing'
import { Tensor, tensor } from '@wids/tensor'
import { it } from 'vitest'
import * as nn from '../src/index.ts'
import { expectGolden, make, onEachDevice, type Options, title, weighted } from './golden.ts'

interface Case {
  readonly name: string
  readonly options: Options
  readonly args: readonly (GoldenTensor | readonly number[])[]
  readonly output: GoldenTensor
  readonly gradients: readonly GoldenTensor[]
}

const cases = readGolden<readonly Case[]>(new URL('goldens/losses.json', import.meta.url))

type Loss = (...args: readonly unknown[]) => Tensor
const named = nn as unknown as Readonly<Record<string, Loss>>

/** A loss whose options have lists where tensors are to be. */
const withTensors = (loss: Loss, [x, y, options]: readonly unknown[]): Tensor => {
  const made = Object.entries(options as Options).map(([key, value]) => [
    key,
    Array.isArray(value) ? tensor(value) : value,
  ])
  return loss(x, y, Object.fromEntries(made))
}

const special: Readonly<Record<string, Loss>> = {
  cosineSimilarity: (a, b) => nn.cosineSimilarity(a as Tensor, b as Tensor),
  ctcLoss: (logits, ...rest) => named['ctcLoss']!((logits as Tensor).logSoftmax(-1), ...rest),
  binaryCrossEntropy: (...args) => withTensors(named['binaryCrossEntropy']!, args),
  binaryCrossEntropyWithLogits: (...args) => withTensors(named['binaryCrossEntropyWithLogits']!, args),
}

onEachDevice('PyTorch agrees about', () => {
  it.each(cases.map((c, i) => [`${i} ${title({ name: c.name, options: c.options })}`, c] as const))(
    '%s',
    async (_, { name, options, args, output, gradients }) => {
      const given = args.map(arg => ('data' in arg ? make(arg) : arg))
      const loss = (special[name] ?? named[name]!)(...given, options)
      await expectGolden(loss, output)
      const inputs = given.slice(0, gradients.length).filter(arg => arg instanceof Tensor)
      const slopes = grad(weighted(loss), inputs)
      for (const [i, golden] of gradients.entries())
        await expectGolden(slopes[i]!, golden, tolerances.gradient, `gradient ${i}`)
    },
  )
})
