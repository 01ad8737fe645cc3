import { createHash } from 'node:crypto'
import { attention, manualSeed, randint, randn, realize, type Tensor } from '../src/index.ts'

/** Enough work for a program to be split: a layer forward with products, rows, columns, attention and lookups. */
export async function layer(): Promise<{ x: Tensor; run: () => Tensor[] }> {
  manualSeed(3)
  const [x, w, v] = [randn([512, 256]), randn([256, 1024]), randn([1024, 256])]
  const rows = randint(0, 512, [300])
  await realize(x, w, v, rows)
  const run = (): Tensor[] => {
    const h = x.normalize().matmul(w).gelu()
    const y = h.matmul(v).add(x)
    const heads = y.reshape([512, 4, 64]).transpose(0, 1) // [4, 512, 64]
    const mixed = attention(heads, heads, heads, { causal: true })
    const picked = y.indexSelect(0, rows)
    return [y, y.softmax(), y.mul(y).sum(0), h.mean(-1), mixed, picked, y.sum()]
  }
  return { x, run }
}

/** Digests of the bits of results. */
export const digests = (results: readonly Tensor[]): Promise<string[]> =>
  Promise.all(
    results.map(async t =>
      createHash('sha256')
        .update(await t.data())
        .digest('hex'),
    ),
  )
