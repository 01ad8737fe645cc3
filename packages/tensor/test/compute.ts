import type { Backend } from '../src/backends/backend.ts'
import { createReferenceBackend } from '../src/backends/reference/index.ts'
import { fromNumbers, toNumbers } from '../src/backends/reference/floats.ts'
import { type DType, dtypes } from '../src/dtype.ts'
import { makeNode } from '../src/graph/build.ts'
import type { Graph } from '../src/graph/linear.ts'
import { linearize } from '../src/graph/linearize.ts'
import type { Node } from '../src/graph/node.ts'
import { type Shape, sizeOf } from '../src/shape.ts'

/** Numbers of a tensor in row-major order. */
export interface Given {
  readonly shape: Shape
  readonly dtype: DType
  readonly numbers: ArrayLike<number>
}

export const given = (numbers: readonly number[], shape: Shape = [numbers.length], dtype: DType = 'f32'): Given => ({
  shape,
  dtype,
  numbers,
})

/** A buffer node, as stands for a tensor in a graph. */
export const leaf = ({ shape, dtype }: Pick<Given, 'shape' | 'dtype'>): Node => makeNode('buffer', [], {}, shape, dtype)

/** Runs a graph on a backend by itself, without tensors or the runtime. */
export async function runGraph(backend: Backend, graph: Graph, inputs: readonly Given[]): Promise<Given[]> {
  const bytesOf = ({ shape, dtype }: Pick<Given, 'shape' | 'dtype'>): number => sizeOf(shape) * dtypes[dtype].bytes
  const program = backend.compile(graph)
  const from = inputs.map(input => {
    const block = backend.alloc(bytesOf(input))
    backend.write(block, fromNumbers(input.numbers, input.dtype))
    return block
  })
  const results = graph.outputs.map(output => graph.nodes[output]!)
  const to = results.map(node => backend.alloc(bytesOf(node)))
  try {
    backend.run(program, from, to)
    await backend.sync()
    return await Promise.all(
      results.map(async ({ shape, dtype }, i) => {
        const numbers = toNumbers(await backend.read(to[i]!), dtype).subarray(0, sizeOf(shape))
        return { shape, dtype, numbers: [...numbers] }
      }),
    )
  } finally {
    for (const block of [...from, ...to]) backend.free(block)
  }
}

/** The values of nodes on a backend, given those of their leaves. */
export function computeOn(
  backend: Backend,
  outputs: readonly Node[],
  leaves: ReadonlyMap<Node, Given>,
): Promise<Given[]> {
  const replaces = outputs.map(() => undefined)
  const linear = linearize(outputs, replaces)
  return runGraph(
    backend,
    linear.graph(),
    linear.inputs.map(node => leaves.get(node)!),
  )
}

const reference = createReferenceBackend()

/** The value of one expression on the reference backend. */
export async function compute(inputs: readonly Given[], make: (...nodes: Node[]) => Node): Promise<Given> {
  const leaves = inputs.map(leaf)
  const [result] = await computeOn(reference, [make(...leaves)], new Map(leaves.map((node, i) => [node, inputs[i]!])))
  return result!
}
