import { randomIds } from './batches.ts'
import { tokenizeBytes, tokenizeTask } from './corpus.ts'
import type { Task } from './tasks.ts'
import { parameterCount, storedGpt, storedProduct } from './weights.ts'
import {
  decoders,
  flopsOf,
  type Pass,
  passes,
  type Product,
  products,
  type Recipe,
  recipes,
  training,
  weightBytes,
  type WeightDType,
} from './workloads.ts'

/** Something to measure in every library. */
export interface Benchmark {
  /** What `--only` takes, or what stands before its '-'. */
  readonly id: string
  readonly bench: string
  readonly name: string
  readonly unit: string
  /** What is printed for a run of so many seconds. */
  readonly value: (seconds: number) => number
  /** Made when its turn comes: it writes files. */
  readonly task: (quick: boolean) => Task
  /** Whether it is part of `--quick`. */
  readonly quick: boolean
}

/** Sequences that are trained on in turn. */
const batchCount = 8
const decodeIds = 16

const trainTask = (id: string, recipe: Recipe): Task => ({
  kind: 'train',
  recipe,
  training,
  weights: storedGpt(id, recipe),
  batches: Array.from({ length: batchCount }, (_, i) =>
    randomIds(recipe.batch * (recipe.context + 1), recipe.vocabulary, 1 + i),
  ),
})

const matmulTask = (id: string, product: Product): Task => ({
  kind: 'matmul',
  product,
  weights: storedProduct(id, product),
  checked: Math.min(64, product.n),
})

const milliseconds = (seconds: number): number => seconds * 1e3

const trainings = Object.entries(recipes).map(([id, recipe]): Benchmark => ({
  id,
  bench: id,
  name: 'step',
  unit: 'ms',
  value: milliseconds,
  task: () => trainTask(id, recipe),
  quick: id !== 'gpt-B',
}))

type Decoder = (typeof decoders)[keyof typeof decoders]
const tokensOf = ({ tokens }: Decoder, quick: boolean): number => (quick ? tokens / 4 : tokens)
const decodeTask = (id: string, sizes: Decoder, tokens: number, dtype: WeightDType): Task => ({
  kind: 'decode',
  dtype,
  sizes,
  weights: storedGpt(id, sizes),
  tokens,
  forced: randomIds(decodeIds, sizes.vocabulary, 7),
})

const decodings = (quick: boolean, dtype: WeightDType = 'f32'): Benchmark[] =>
  Object.entries(decoders).map(([id, decoder]) => ({
    id,
    bench: id,
    name: 'token',
    unit: 'ms',
    value: seconds => milliseconds(seconds) / tokensOf(decoder, quick),
    task: () => decodeTask(id, decoder, tokensOf(decoder, quick), dtype),
    quick: true,
  }))

const shown = ({ m, k, n }: Product): string => (m === k && k === n ? `${m}³` : `[${m},${k}]×[${k},${n}]`)

const matmuls = Object.entries(products).map(([id, product]): Benchmark => ({
  id,
  bench: 'matmul',
  name: shown(product),
  unit: 'GFLOP/s',
  value: seconds => flopsOf(product) / seconds / 1e9,
  task: () => matmulTask(id, product),
  quick: id === 'matmul-768',
}))

const tokenizing: Benchmark = {
  id: 'tokenize',
  bench: 'tokenize',
  name: 'encode, byte-level BPE',
  unit: 'MB/s',
  value: seconds => tokenizeBytes() / seconds / 1e6,
  task: tokenizeTask,
  quick: true,
}

/** The workloads that are run beside peers. */
export const workloads = (quick: boolean): readonly Benchmark[] => [
  ...trainings,
  ...decodings(quick),
  ...matmuls,
  tokenizing,
]

const gigabytes = (bytes: number) => (seconds: number) => bytes / seconds / 1e9

function bytesOfPass(pass: Pass, visits: number): number {
  const count = pass.op === 'adamW' ? parameterCount(pass.sizes) : pass.shape[0] * pass.shape[1]
  return 4 * count * visits
}

/** The kernels that are run beside what the machine can do: products by FLOP/s, passes over memory by bytes. */
export const kernels = (quick: boolean): readonly Benchmark[] => [
  ...matmuls.map(benchmark => ({ ...benchmark, bench: 'kernels', name: `matmul ${benchmark.name}` })),
  ...Object.entries(passes).map(([name, { pass, visits }]): Benchmark => {
    const bytes = bytesOfPass(pass, visits)
    const id = `rows-${name}`
    const title = pass.op === 'adamW' ? name : `${name} [${pass.shape.join(',')}]`
    return {
      id,
      bench: 'kernels',
      name: title,
      unit: 'GB/s',
      value: gigabytes(bytes),
      task: () => ({ kind: 'rows', pass, bytes }),
      quick: true,
    }
  }),
  ...(Object.keys(weightBytes) as WeightDType[]).flatMap(dtype =>
    decodings(quick, dtype).map(decoding => {
      const count = parameterCount(decoders[decoding.id as keyof typeof decoders])
      const value = (seconds: number): number => (weightBytes[dtype] * count) / (decoding.value(seconds) / 1e3) / 1e9
      return { ...decoding, bench: 'kernels', name: `${decoding.id} ${dtype} weights`, unit: 'GB/s', value }
    }),
  ),
]
