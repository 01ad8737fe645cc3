import { afterAll, expect, it } from 'vitest'
import { randomIds } from '../batches.ts'
import { removeFiles } from '../files.ts'
import type { Prepare, Task } from '../tasks.ts'
import { storedGpt, storedProduct } from '../weights.ts'
import { training } from '../workloads.ts'
import { type Model, prepareOf } from './index.ts'

const sizes = { layers: 1, heads: 2, width: 8, context: 6, vocabulary: 11 }
const recipe = { ...sizes, batch: 2 }
const product = { m: 5, k: 7, n: 3 }
const weights = storedGpt('tiny', sizes)

const tasks = {
  train: { kind: 'train', recipe, training, weights, batches: [1, 2, 3].map(seed => randomIds(14, 11, seed)) },
  decode: { kind: 'decode', dtype: 'f32', sizes, weights, tokens: 3, forced: randomIds(4, 11, 4) },
  matmul: { kind: 'matmul', product, weights: storedProduct('tiny-product', product), checked: 3 },
} satisfies Record<string, Task>

afterAll(removeFiles)

async function checkOf(model: Model, task: Task): Promise<readonly number[]> {
  const prepare = (await prepareOf(model, task.kind)) as Prepare<Task['kind']>
  const { check, run } = await prepare(task)
  await run(2)
  return check
}

it.each([
  ['wids-plain', 'train'],
  ['jax', 'train'],
  ['jax', 'decode'],
  ['jax', 'matmul'],
  ['tfjs-wasm', 'train'],
  ['tfjs-wasm', 'decode'],
  ['tfjs-wasm', 'matmul'],
  ['tfjs-cpu', 'train'],
  ['tfjs-cpu', 'matmul'],
] as const)('%s computes what wids does: %s', async (model, kind) => {
  const [numbers, expected] = [await checkOf(model, tasks[kind]), await checkOf('wids', tasks[kind])]
  expect(numbers).toHaveLength(expected.length)
  numbers.forEach((number, i) => expect(number).toBeCloseTo(expected[i]!, 4))
})
