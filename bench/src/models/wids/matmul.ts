import { compile, realize, tensor, type Tensor } from '@wids/tensor'
import type { MatmulTask, Prepared } from '../../tasks.ts'
import { load } from '../../weights.ts'

export async function prepare({ weights, checked }: MatmulTask): Promise<Prepared> {
  const { a, b } = load(weights)
  const [left, right] = [tensor(a!.data, a!), tensor(b!.data, b!)]
  const product = compile((a: Tensor, b: Tensor) => a.matmul(b))
  const run = async (count: number): Promise<void> => {
    for (let i = 1; i < count; i++) product(left, right).dispose()
    using last = product(left, right)
    await realize(last)
  }
  await run(3)
  const values = await product(left, right).data()
  return { check: Array.from(values.subarray(0, checked)), run }
}
