import { expect, test } from 'vitest'
import { linearize } from '../graph/linearize.ts'
import { tensor, type Tensor } from '../index.ts'
import { plan } from './plan.ts'

const data = (...shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (i % 97) / 97),
    { shape },
  )
const outerLoops = (t: Tensor): (readonly number[])[] =>
  plan(linearize([t.node], [undefined]).graph()).launches.map(({ kernel }) =>
    kernel.kind === 'loops' ? kernel.outer : [],
  )

test.each([[[1 << 20]], [[512, 512]], [[2, 4, 256, 256]], [[3, 70_000]]])(
  'a long sum of %j is done in parts that threads can share',
  async shape => {
    const x = data(...shape)
    const keeps = shape[0]! < 8 && shape.length === 2 ? [1] : undefined
    const total = x.mul(2).sum(keeps)
    const parts = outerLoops(total)
    expect(parts.length).toBe(2)
    expect(parts[0]!.reduce((a, b) => a * b, 1)).toBeGreaterThanOrEqual(32)
    const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0)
    const exact = 2 * sumOf(await x.data())
    const got = sumOf(await total.data())
    expect(Math.abs(got - exact) / exact).toBeLessThan(1e-6)
  },
)

test('the largest of many is found in parts', async () => {
  const x = data(100_000)
  expect(await x.max().item()).toBe(Math.max(...(await x.data())))
})
