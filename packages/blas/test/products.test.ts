import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { grad } from '@wids/autograd'
import { manualSeed, randn, realize, setBlas, setDevice, setThreads, type Tensor, tensor } from '@wids/tensor'
import { expectClose } from '@wids/testing'
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { leaveBlas, useBlas } from '../src/index.ts'
import { needsLibrary } from './reason.ts'

needsLibrary()

const counted = fileURLToPath(new URL('countedSgemm.ts', import.meta.url))
const { calls } = createRequire(counted)(counted) as { readonly calls: { count: number } }

beforeEach(() => manualSeed(1))

/** A tensor of the given shape, or the transposed view of one that lies the other way round. */
const factor = (shape: readonly number[], transposed: boolean): Tensor =>
  transposed ? randn([...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!]).transpose(-2, -1) : randn(shape)

/** What may follow a product [..., m, n] in one kernel, given a bias [n] and a residual [..., m, n]. */
const epilogues: Readonly<Record<string, (product: Tensor, bias: Tensor, residual: Tensor) => Tensor>> = {
  none: product => product,
  'bias and GELU': (product, bias) => product.add(bias).gelu('tanh'),
  'bias and residual': (product, bias, residual) => product.add(bias).add(residual),
  'scale and square': product => product.mul(0.25).mul(product),
}

const size = fc.integer({ min: 1, max: 130 })
const products = fc.record({
  batch: fc.constantFrom([], [1], [3], [2, 2]),
  m: fc.oneof(size, fc.constant(400)),
  k: size,
  n: fc.oneof(size, fc.constant(300)),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  /** Whether all of a batch meet the same right factor. */
  shared: fc.boolean(),
  epilogue: fc.constantFrom(...Object.keys(epilogues)),
})

test('products of any shape, transposed, in batches and with epilogues are those of WebAssembly', async () => {
  const before = calls.count
  const law = fc.asyncProperty(products, async ({ batch, m, k, n, transposeA, transposeB, shared, epilogue }) => {
    const a = factor([...batch, m, k], transposeA)
    const b = factor([...(shared ? [] : batch), k, n], transposeB)
    const [bias, residual] = [randn([n]), randn([...batch, m, n])]
    await realize(a, b, bias, residual)
    const result = (): Tensor => epilogues[epilogue]!(a.matmul(b), bias, residual)
    leaveBlas()
    const expected = await result().data()
    setBlas(counted)
    // Sums of k products of N(0, 1), and up to their squares.
    expectClose(await result().data(), expected, { rtol: 1e-5, atol: 1e-5 * k }, epilogue)
  })
  await fc.assert(law, { numRuns: 60 })
  expect(calls.count).toBeGreaterThan(before + 30)
})

test('a product is that of the definition', async () => {
  useBlas()
  const [a, b] = [randn([70, 90]), randn([90, 110])]
  const [left, right] = [await a.data(), await b.data()]
  const product = await a.matmul(b).data()
  const device = setDevice('reference')
  const expected = await tensor(left, { shape: [70, 90] })
    .matmul(tensor(right, { shape: [90, 110] }))
    .data()
  setDevice(device)
  expectClose(product, expected, { rtol: 1e-5, atol: 1e-4 })
})

test('what the memory of a result held before does not show, not even NaN', async () => {
  useBlas()
  const [a, b] = [randn([96, 64]), randn([64, 96])]
  await realize(a, b)
  const expected = await a.matmul(b).data()
  for (let i = 0; i < 20; i++) {
    const nan = a.matmul(b).mul(NaN)
    await realize(nan)
    nan.dispose()
    expect(await a.matmul(b).data()).toEqual(expected)
  }
})

test('gradients of products are those of WebAssembly, and made of calls of the library', async () => {
  const [x, w, v] = [randn([4, 48, 64]), randn([64, 80]), randn([80, 64])]
  await realize(x, w, v)
  const gradients = async (): Promise<Float32Array[]> => {
    const loss = x.matmul(w).gelu().matmul(v).square().mean()
    const results = grad(loss, [x, w, v])
    await realize(...results)
    return Promise.all(results.map(result => result.data() as Promise<Float32Array>))
  }
  leaveBlas()
  const expected = await gradients()
  setBlas(counted)
  setThreads(1) // Calls of other threads are not counted here.
  const before = calls.count
  const got = await gradients()
  expect(calls.count).toBeGreaterThanOrEqual(before + 6) // two products forward, two for each backward
  got.forEach((values, i) => expectClose(values, expected[i]!, { rtol: 1e-4, atol: 1e-6 }))
})

test('factors that are no matrices of BLAS are multiplied all the same', async () => {
  const [x, w] = [randn([40, 60]), randn([60, 50])]
  await realize(x, w)
  const cases = [
    () => x.to('f16').matmul(w),
    () => x.flip(0).matmul(w),
    () => x.expand([3, 40, 60]).matmul(w),
    () =>
      x
        .reshape([2400])
        .unfold(0, 30, 20)
        .matmul(w.narrow(0, 0, 30)), // overlapping windows [119, 30]
    () => x.at([null, null], [null, null, 2]).matmul(w.at([null, null, 2])), // every other channel
  ]
  for (const compute of cases) {
    leaveBlas()
    const expected = await compute().data()
    useBlas()
    expectClose(await compute().data(), expected, { rtol: 1e-5, atol: 1e-4 })
  }
})
