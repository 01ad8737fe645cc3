import { expect, it, onTestFinished } from 'vitest'
import { createWasmBackend } from '../src/backends/wasm/index.ts'
import { topological } from '../src/graph/node.ts'
import { binaries, type Primitive, reductions, unaries, views } from '../src/graph/primitives.ts'
import { checkRandomGraphs } from './compareWithReference.ts'

const others: Primitive[] = [
  'constant',
  'iota',
  'randomBits',
  'cast',
  'bitcast',
  'where',
  'argmax',
  'cumsum',
  'matmul',
  'attention',
  'attentionGradient',
  'gather',
  'scatterAdd',
  'concat',
  'sliceScatter',
  'argsort',
]
const primitives: readonly Primitive[] = [...unaries, ...binaries, ...reductions, ...views, ...others]

it('wasm agrees with the reference on 2,000 random graphs of every primitive', { timeout: 120_000 }, async () => {
  const backend = createWasmBackend()
  onTestFinished(() => backend.dispose())
  const seen = new Map<Primitive, number>()
  // One seed, so that a change is tested on the graphs of the change before; the long test draws new ones.
  await checkRandomGraphs(backend, { numRuns: 2000, seed: 1 }, ({ outputs }) => {
    for (const { op } of topological(outputs)) seen.set(op, (seen.get(op) ?? 0) + 1)
  })
  expect(primitives.filter(op => (seen.get(op) ?? 0) < 10)).toEqual([])
})
