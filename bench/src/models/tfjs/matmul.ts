import type { MatmulTask, Prepared } from '../../tasks.ts'
import { load } from '../../weights.ts'
import { loadTf, type Tf } from './load.ts'

async function prepare({ weights, checked }: MatmulTask, backend: string): Promise<Prepared> {
  const tf = await loadTf(backend)
  const { a, b } = load(weights)
  const [left, right] = [a!, b!].map(({ data, shape }) => tf.tensor(data, [...shape])) as [Tf.Tensor, Tf.Tensor]
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) tf.matMul(left, right).dispose()
  }
  run(3)
  const values = await tf.matMul(left, right).data()
  return { check: Array.from(values.subarray(0, checked)), run }
}

export const prepareWasm = (task: MatmulTask): Promise<Prepared> => prepare(task, 'wasm')
export const prepareCpu = (task: MatmulTask): Promise<Prepared> => prepare(task, 'cpu')
