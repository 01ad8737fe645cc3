import fc from 'fast-check'
import type { Backend } from '../src/backends/backend.ts'
import { show } from '../src/shape.ts'
import { computeOn } from './compute.ts'
import { type RandomGraph, randomGraph } from './randomGraph.ts'

/** Runs a graph on a backend; fails where a result is further from the reference than rounding explains. */
async function compareWithReference(backend: Backend, { outputs, known }: RandomGraph): Promise<void> {
  const results = await computeOn(backend, outputs, known)
  outputs.forEach((node, k) => {
    const { numbers, error } = known.get(node)!
    const actual = results[k]!.numbers
    const wrong = numbers.findIndex((expected, i) => !agrees(actual[i]!, expected, error[i]!))
    if (wrong < 0) return
    throw new Error(
      `output ${k}, ${node.op} ${node.dtype}${show(node.shape)}: element ${wrong} is ${actual[wrong]}, ` +
        `the reference has ${numbers[wrong]} ± ${error[wrong]}`,
    )
  })
}

const agrees = (actual: number, expected: number, error: number): boolean =>
  actual === expected || (Number.isNaN(actual) && Number.isNaN(expected)) || Math.abs(actual - expected) <= error

/** Fails with the smallest graph found on which a backend and the reference differ. */
export const checkRandomGraphs = (
  backend: Backend,
  options: fc.Parameters<[RandomGraph]>,
  visit: (graph: RandomGraph) => void = () => {},
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(randomGraph, async graph => {
      visit(graph)
      await compareWithReference(backend, graph)
    }),
    options,
  )
