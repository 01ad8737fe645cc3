import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { compile, ones, realize, setBlas, setThreads, type Tensor } from '../src/index.ts'

const sevens = fileURLToPath(new URL('sgemmOfSevens.ts', import.meta.url))

afterEach(() => setBlas(undefined))

/** The distinct numbers of a product of ones. */
const numbersOf = async (m: number, epilogue = (product: Tensor) => product): Promise<number[]> => {
  const [a, b] = [ones([m, 64]), ones([64, 96])]
  await realize(a, b)
  return [...new Set(await epilogue(a.matmul(b)).data())]
}

test('the module multiplies from the next program on, until there is none', async () => {
  expect(await numbersOf(64)).toEqual([64])
  expect(setBlas(sevens)).toBe('libsevens')
  expect(await numbersOf(64)).toEqual([7])
  expect(await numbersOf(64, product => product.add(1).relu())).toEqual([8])
  setBlas(undefined)
  expect(await numbersOf(64)).toEqual([64])
})

test('threads load it, too', async () => {
  setBlas(sevens)
  for (const threads of [1, 2]) {
    setThreads(threads)
    await numbersOf(20_000)
    await delay(200) // By now they have started.
    expect(await numbersOf(20_000, product => product.add(threads))).toEqual([7 + threads])
  }
})

test('few rows and few numbers stay in WebAssembly', async () => {
  setBlas(sevens)
  expect(await numbersOf(2)).toEqual([64])
  const few = ones([8, 8])
  expect((await few.matmul(few).data())[0]).toBe(8)
})

test('what was compiled before stays as it is', async () => {
  const [a, b] = [ones([64, 64]), ones([64, 64])]
  const product = compile((x: Tensor) => x.matmul(b))
  expect((await product(a).data())[0]).toBe(64)
  setBlas(sevens)
  expect((await product(a).data())[0]).toBe(64)
})

test('a library that is not here is an error, and nothing changes', async () => {
  expect(() => setBlas(sevens, 'liboctets')).toThrow('liboctets is not here')
  expect(await numbersOf(64)).toEqual([64])
})
