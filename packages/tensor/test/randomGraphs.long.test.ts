import { expect, it, onTestFinished } from 'vitest'
import { createWasmBackend } from '../src/backends/wasm/index.ts'
import { checkRandomGraphs } from './compareWithReference.ts'

it('wasm agrees with the reference on 20,000 new random graphs', async () => {
  const backend = createWasmBackend()
  onTestFinished(() => backend.dispose())
  await expect(checkRandomGraphs(backend, { numRuns: 20_000 })).resolves.toBeUndefined()
})
