import { expectClose } from '@wids/testing'
import { eye, Generator, type Tensor } from '@wids/tensor'
import { describe, expect, it } from 'vitest'
import { normal, orthogonal, truncatedNormal, uniform, xavierUniform } from '../src/index.ts'

const generator = new Generator(11)

async function momentsOf(x: Tensor): Promise<{ mean: number; std: number; min: number; max: number }> {
  const values = [...(await x.data())]
  const mean = values.reduce((a, b) => a + b) / values.length
  const std = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length)
  return { mean, std, min: Math.min(...values), max: Math.max(...values) }
}

describe('moments', () => {
  it('of a uniform distribution', async () => {
    const { mean, std, min, max } = await momentsOf(uniform([5000], 2, 5, { generator }))
    expect(mean).toBeCloseTo(3.5, 1)
    expect(std).toBeCloseTo(3 / Math.sqrt(12), 1)
    expect([min >= 2, max < 5]).toEqual([true, true])
  })

  it('of a normal distribution', async () => {
    const { mean, std } = await momentsOf(normal([5000], 3, 0.5, { generator }))
    expect([Math.abs(mean - 3) < 0.03, Math.abs(std - 0.5) < 0.02]).toEqual([true, true])
  })

  it('of a normal distribution that is cut', async () => {
    const { mean, std, min, max } = await momentsOf(truncatedNormal([5000], 0, 1, -2, 2, { generator }))
    // The variance of N(0, 1) between ±2 is 1 − 4φ(2) / (2Φ(2) − 1) = 0.774.
    expect([Math.abs(mean) < 0.05, Math.abs(std - Math.sqrt(0.774)) < 0.02]).toEqual([true, true])
    expect([min >= -2, max <= 2]).toEqual([true, true])
  })

  it('of the tail of a normal distribution', async () => {
    const { mean, min, max } = await momentsOf(truncatedNormal([5000], 0, 1, 1, 6, { generator }))
    // φ(1) / (1 − Φ(1)) = 1.525
    expect([Math.abs(mean - 1.525) < 0.03, min >= 1, max <= 6]).toEqual([true, true, true])
  })
})

describe('orthogonal', () => {
  it.each([
    [4, 4],
    [3, 8],
    [8, 3],
    [24, 24],
    [1, 5],
  ])('[%i, %i] has orthonormal rows or columns', async (rows, columns) => {
    const q = orthogonal([rows, columns], { generator })
    const gram = rows <= columns ? q.matmul(q.transpose()) : q.transpose().matmul(q)
    expectClose(await gram.data(), await eye(Math.min(rows, columns)).data(), { rtol: 0, atol: 1e-5 })
  })

  it('takes further axes as columns, and a gain', async () => {
    const q = orthogonal([2, 3, 2], { gain: 2, generator }).flatten(1)
    expectClose(await q.matmul(q.transpose()).data(), [4, 0, 0, 4], { rtol: 0, atol: 1e-5 })
  })
})

it('equal generators give equal values', async () => {
  const [a, b] = [new Generator(5), new Generator(5)].map(generator => xavierUniform([3, 4], { generator }))
  expect(await a!.data()).toEqual(await b!.data())
})

it('what cannot be is an error', () => {
  expect(() => xavierUniform([3])).toThrow('at least two axes')
  expect(() => orthogonal([3])).toThrow('at least two axes')
  expect(() => truncatedNormal([3], 0, 1, 2, -2)).toThrow('low < high')
})
