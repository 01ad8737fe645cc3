import { setTimeout as delay } from 'node:timers/promises'
import { grad } from '@wids/autograd'
import { compile, manualSeed, memory, tensor, type Tensor } from '@wids/tensor'
import { expect, test } from 'vitest'
import { AdamW, GELU, Linear, mseLoss, Sequential } from '../src/index.ts'

/**
 * Bytes in use when nothing but what is reachable is left. V8 sizes its own heap as it likes, so its part of the
 * process is counted by what is used of it.
 */
async function bytesInUse(): Promise<{ live: number; resident: number }> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc!()
    await delay(20)
  }
  const { rss, heapTotal, heapUsed } = process.memoryUsage()
  return { live: memory().live, resident: rss - heapTotal + heapUsed }
}

/** Trains a small network; every step gets new batches, and nothing is ever freed by hand. */
function training(compiled: boolean): () => Tensor {
  manualSeed(1)
  const model = new Sequential(new Linear(64, 128), new GELU(), new Linear(128, 8))
  const optimizer = new AdamW(model.parameters(), { lr: 1e-3 })
  const update = (x: Tensor, y: Tensor): Tensor => {
    const loss = mseLoss(model.forward(x), y)
    optimizer.step(grad(loss, model.parameters()))
    return loss
  }
  const step = compiled ? compile(update) : update
  const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => Math.random())
  return () => step(tensor(numbers(32 * 64), { shape: [32, 64] }), tensor(numbers(32 * 8), { shape: [32, 8] }))
}

test.each([
  ['compiled steps whose loss is read', true, true],
  ['compiled steps without a read', true, false],
  ['plain steps whose loss is read', false, true],
  ['plain steps without a read', false, false],
])('2,000 %s leave memory as it was', { timeout: 120_000 }, async (_, compiled, reads) => {
  const step = training(compiled)
  const run = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const loss = step()
      if (reads) await loss.item()
    }
  }
  await run(2000)
  const parts = [await bytesInUse()]
  for (let part = 0; part < 3; part++) {
    await run(2000)
    parts.push(await bytesInUse())
  }
  const growth = (key: 'live' | 'resident'): number[] => parts.slice(1).map((part, i) => part[key] / parts[i]![key])
  expect(Math.max(...growth('live'))).toBeLessThanOrEqual(1.02)
  // V8's and malloc's own pools grow in leaps now and then; a leak would show in every part.
  expect(Math.min(...growth('resident'))).toBeLessThanOrEqual(1.02)
})
