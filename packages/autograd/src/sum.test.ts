import { setDevice, tensor, type Tensor } from '@wids/tensor'
import { topological } from '@wids/tensor/graph'
import { expect, test } from 'vitest'
import { grad } from './grad.ts'

setDevice('reference')

const count = 64
const x = tensor(
  Float32Array.from({ length: count * 3 }, (_, i) => Math.sin(i)),
  { shape: [count, 3] },
)

/** Σ (i + 1) · x[rows]² over slices of x; its gradient is 2 (i + 1) x on each. */
const lossOf = (slices: readonly (readonly [start: number, stop: number])[]): Tensor =>
  slices
    .map((rows, i) => {
      const part = x.at(rows)
      return part
        .mul(part)
        .mul(i + 1)
        .sum()
    })
    .reduce((a, b) => a.add(b))

async function expectGradient(slices: readonly (readonly [number, number])[]): Promise<Tensor> {
  const gradient = grad(lossOf(slices), x)
  const factors = Array.from({ length: count }, (_, row) =>
    slices.reduce((sum, [start, stop], i) => sum + (start <= row && row < stop ? 2 * (i + 1) : 0), 0),
  )
  const values = await x.data()
  const expected = Float32Array.from(values, (value, i) => value * factors[Math.floor(i / 3)]!)
  const actual = await gradient.data()
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 3))
  return gradient
}

test('the gradient of slices is joined: no sum of parts as large as the tensor', async () => {
  const gradient = await expectGradient(Array.from({ length: count }, (_, i) => [i, i + 1] as const))
  const whole = topological([grad(lossOf(Array.from({ length: count }, (_, i) => [i, i + 1] as const)), x).node])
  expect(whole.filter(({ op, shape }) => op === 'add' && shape[0] === count)).toEqual([])
  expect(gradient.shape).toEqual([count, 3])
})

test('slices may leave gaps, overlap and repeat', async () => {
  await expectGradient([
    [5, 9],
    [20, 21],
    [40, 50],
  ])
  await expectGradient([
    [0, 10],
    [5, 15],
    [10, 20],
    [0, 64],
    [15, 16],
    [15, 16],
    [63, 64],
  ])
})
