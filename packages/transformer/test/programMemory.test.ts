import { compile, memory, OutOfMemoryError, type ProgramMemory, randn, type Tensor, zeros } from '@wids/tensor'
import { inFreshProcess } from '@wids/testing'
import { expect, it } from 'vitest'

interface Measured {
  readonly predicted: ProgramMemory
  readonly before: number
  readonly used: ReturnType<typeof memory>
}

it.each(['mlp', 'convolution', 'gpt'])(
  'what a training step of a %s will need is known before it runs',
  async model => {
    const { result } = await inFreshProcess<Measured>(new URL('trainFresh.ts', import.meta.url), { args: [model] })
    const { predicted, before, used } = result
    const { inputs, outputs, arena, scratch, total } = predicted
    expect(before).toBe(0)
    expect(total).toBe(inputs + outputs + arena + scratch)
    expect(Math.abs(total / used.peak - 1)).toBeLessThanOrEqual(0.15)
    expect(used.arena).toBe(arena)
  },
)

it('counts what a program reads, makes and needs between', () => {
  const product = compile((x: Tensor) => x.matmul(x).softmax().matmul(x).sum())
  const { inputs, outputs, arena } = product.program(zeros([256, 256])).memory
  expect([inputs, outputs]).toEqual([256 * 256 * 4, 4])
  expect(arena).toBeGreaterThanOrEqual(256 * 256 * 4)
})

it('a program that can never fit fails before anything runs, and says what it needs', async () => {
  const big = compile((x: Tensor) => x.unsqueeze(-1).matmul(x.unsqueeze(0)).softmax().cumsum(0).sum(-1))
  const { live } = memory()
  for (const attempt of [() => big.program(zeros([40_000])), () => big(zeros([40_000]))]) {
    const error = thrownBy(attempt)
    expect(error.needed).toBeGreaterThanOrEqual(40_000 ** 2 * 4)
    expect(error.available).toBe(2 ** 32)
  }
  await expect(randn([40_000, 40_000]).data()).rejects.toThrow(OutOfMemoryError)
  expect(memory().live).toBe(live)
  expect(await big(zeros([2])).toArray()).toEqual([1, 2])
})

function thrownBy(attempt: () => unknown): OutOfMemoryError {
  try {
    attempt()
  } catch (error) {
    if (error instanceof OutOfMemoryError) return error
    throw error
  }
  throw new Error('it did not fail')
}
