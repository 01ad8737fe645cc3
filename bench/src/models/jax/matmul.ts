import { jit, numpy as np } from '@jax-js/jax'
import type { MatmulTask, Prepared } from '../../tasks.ts'
import { load } from '../../weights.ts'

export async function prepare({ weights, checked }: MatmulTask): Promise<Prepared> {
  const { a, b } = load(weights)
  const left = np.array(a!.data).reshape([...a!.shape])
  const right = np.array(b!.data).reshape([...b!.shape])
  const multiply = jit((a: np.Array, b: np.Array) => np.matmul(a, b))
  const run = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const product = multiply(left.ref, right.ref)
      await product.blockUntilReady()
      product.dispose()
    }
  }
  await run(3)
  const values = await multiply(left.ref, right.ref).data()
  return { check: Array.from(values.subarray(0, checked)), run }
}
