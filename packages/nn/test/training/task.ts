import { Generator, type Tensor, tensor } from '@wids/tensor'
import { DataLoader, type DataLoaderOptions, Dropout, Linear, mseLoss, ReLU, Sequential } from '../../src/index.ts'

export type Batch = { readonly x: Tensor; readonly y: Tensor }
type Example = { readonly x: Float32Array; readonly y: Float32Array }

/** A small regression: y is a wave of the sum of x. */
export const examples: readonly Example[] = Array.from({ length: 40 }, (_, n) => {
  const x = Float32Array.from({ length: 5 }, (_, i) => Math.sin(n * (i + 1) + i))
  return { x, y: Float32Array.of(Math.sin(x.reduce((sum, value) => sum + value, 0))) }
})

export const loaderOf = (options: DataLoaderOptions<Example, Batch> = {}): DataLoader<Example, Batch> =>
  new DataLoader<Example, Batch>(examples, { batchSize: 8, shuffle: true, seed: 3, ...options })

export function network(dropout = 0): Sequential {
  const generator = new Generator(11)
  return new Sequential(
    new Linear(5, 16, { generator }),
    new ReLU(),
    new Dropout(dropout, { generator }),
    new Linear(16, 1, { generator }),
  )
}

export const loss = (model: Sequential, { x, y }: Batch): Tensor => mseLoss(model.forward(x), y)

export const batchOf = (count: number): Batch => ({
  x: tensor(examples.slice(0, count).map(({ x }) => [...x])),
  y: tensor(examples.slice(0, count).map(({ y }) => [...y])),
})

/** All numbers of a model. */
export const weightsOf = async (model: Sequential): Promise<number[]> =>
  (await Promise.all(model.parameters().map(weight => weight.data()))).flatMap(values => [...values])
