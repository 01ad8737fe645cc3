import { setTimeout as delay } from 'node:timers/promises'
import { grad } from '@wids/autograd'
import { AdamW, clipGradNorm, crossEntropy } from '@wids/nn'
import { compile, manualSeed, randint, realize, setThreads, type Tensor } from '@wids/tensor'
import { expectClose } from '@wids/testing'
import { GPT } from '@wids/transformer'
import { afterEach, expect, test } from 'vitest'
import { leaveBlas, useBlas } from '../src/index.ts'
import { needsLibrary } from './reason.ts'

needsLibrary()
afterEach(() => setThreads(2))

const sizes = { layers: 2, heads: 4, width: 96, context: 48, vocabSize: 65 }

/** Losses of some steps of a GPT, and its parameters after them. */
async function train(): Promise<{ losses: number[]; parameters: Float32Array[] }> {
  manualSeed(5)
  const model = new GPT(sizes)
  const parameters = model.parameters()
  const optimizer = new AdamW(parameters, { lr: 1e-3 })
  const step = compile((x: Tensor, y: Tensor) => {
    const loss = crossEntropy(model.forward(x).flatten(0, 1), y.flatten())
    optimizer.step(clipGradNorm(grad(loss, parameters), 1).gradients)
    return loss
  })
  const [x, y] = [randint(0, 65, [8, 48]), randint(0, 65, [8, 48])]
  await realize(x, y, ...parameters)
  const losses: number[] = []
  for (let i = 0; i < 6; i++) losses.push(await step(x, y).item())
  return { losses, parameters: await Promise.all(parameters.map(p => p.data() as Promise<Float32Array>)) }
}

test('a GPT trains as in WebAssembly', async () => {
  leaveBlas()
  const expected = await train()
  useBlas()
  const { losses } = await train()
  expect(losses[0]! - losses.at(-1)!).toBeGreaterThan(0.3)
  expectClose(losses, expected.losses, { rtol: 1e-4, atol: 0 })
})

test('any number of threads gives the same bits', async () => {
  useBlas()
  setThreads(1)
  const one = await train()
  for (const threads of [2, 3]) {
    setThreads(threads)
    await train()
    await delay(300) // By now they have started.
    expect(await train()).toEqual(one)
  }
})
