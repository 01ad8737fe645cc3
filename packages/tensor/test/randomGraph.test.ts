import { expect, it } from 'vitest'
import { createReferenceBackend } from '../src/backends/reference/index.ts'
import type { Graph } from '../src/graph/linear.ts'
import { checkRandomGraphs } from './compareWithReference.ts'

/** A backend that takes one primitive for another. */
function mistaken(from: string, to: Graph['nodes'][number]['op']) {
  const backend = createReferenceBackend()
  const confuse = (graph: Graph): Graph => ({
    ...graph,
    nodes: graph.nodes.map(node => (node.op === from ? { ...node, op: to } : node)),
  })
  return { ...backend, compile: (graph: Graph) => backend.compile(confuse(graph)) }
}

it('finds nothing wrong with the reference', async () => {
  await expect(checkRandomGraphs(createReferenceBackend(), { numRuns: 200, seed: 2 })).resolves.toBeUndefined()
})

it.each([
  ['less', 'lessEqual'],
  ['tanh', 'erf'],
  ['rsqrt', 'sqrt'],
  ['trunc', 'floor'],
] as const)('finds a backend that takes %s for %s, and shrinks the graph', async (from, to) => {
  const failure: unknown = await checkRandomGraphs(mistaken(from, to), { numRuns: 2000, seed: 2 }).catch(error => error)
  const message = String(failure)
  expect(message).toContain(`: ${from}(`)
  expect(message.match(/^\d+: /gm)!.length).toBeLessThan(20)
})
