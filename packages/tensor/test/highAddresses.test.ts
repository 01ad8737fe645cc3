import { inFreshProcess } from '@wids/testing'
import { expect, onTestFinished, test } from 'vitest'
import { createWasmBackend } from '../src/backends/wasm/index.ts'
import { checkRandomGraphs } from './compareWithReference.ts'

const places = [
  ['across 2 GiB', 2 ** 31 - 2 ** 16],
  ['below 4 GiB', 2 ** 32 - 2 ** 24],
] as const

test.each(places)('random graphs %s agree with the reference', async (_, below) => {
  const backend = createWasmBackend()
  onTestFinished(() => backend.dispose())
  backend.alloc(below) // never touched
  expect(backend.alloc(4).address).toBeGreaterThan(below)
  await expect(checkRandomGraphs(backend, { numRuns: 300, seed: 6 })).resolves.toBeUndefined()
})

test('a layer computes the same bits there as below', async () => {
  const bits = async (surroundings: string): Promise<unknown> => {
    const script = new URL('processes/bits.ts', import.meta.url)
    return (await inFreshProcess(script, { args: [surroundings] })).result
  }
  const usual = await bits('usual')
  for (const [place] of places) expect(await bits(place)).toEqual(usual)
})
