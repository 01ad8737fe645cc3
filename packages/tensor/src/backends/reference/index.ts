import { dtypes } from '../../dtype.ts'
import type { Graph } from '../../graph/linear.ts'
import { sizeOf } from '../../shape.ts'
import type { Backend, Block, Program } from '../backend.ts'
import { Blocks } from './blocks.ts'
import { evaluate } from './evaluate.ts'
import { fromNumbers, toNumbers } from './floats.ts'

export interface ReferenceProgram extends Program {
  readonly graph: Graph
}

/**
 * The slow backend that defines what every primitive means; `f64` exists only here. Results are computed in double
 * precision and rounded to their dtype after each primitive.
 */
export function createReferenceBackend({ maxBytes = 2 ** 32 } = {}): Backend<ReferenceProgram> {
  const blocks = new Blocks(maxBytes)
  return {
    name: 'reference',
    limits: { maxBytes },
    supports: () => true,
    alloc: bytes => blocks.alloc(bytes),
    free: block => blocks.free(block),
    write: (block, bytes) => blocks.write(block, bytes),
    read: async block => new Uint8Array(blocks.bytes(block).slice(0)),
    // Every result is complete before the first one is written, so each may take the place of what it replaces.
    compile: graph => ({ graph, inPlace: graph.replaces }),
    workspace: ({ graph }) => ({ arena: arenaBytes(graph), scratch: 0 }),
    run: ({ graph }, inputs, outputs) => run(graph, blocks, inputs, outputs),
    sync: async () => {},
    memory: () => ({ live: blocks.live, arena: 0, scratch: 0, peak: blocks.peak }),
    dispose: () => blocks.clear(),
  }
}

function run(graph: Graph, blocks: Blocks, inputs: readonly Block[], outputs: readonly Block[]): void {
  const buffers = graph.inputs.map((position, slot) => {
    const { dtype, shape } = graph.nodes[position]!
    return Float64Array.from(
      toNumbers(new Uint8Array(blocks.bytes(inputs[slot]!), 0, sizeOf(shape) * dtypes[dtype].bytes), dtype),
    )
  })
  const values = evaluate(graph, buffers)
  graph.outputs.forEach((position, i) => {
    const { dtype, numbers } = values[position]!
    blocks.write(outputs[i]!, fromNumbers(numbers, dtype))
  })
}

/** A double for each element of each node: nothing is freed while a program runs. */
const arenaBytes = ({ nodes }: Graph): number => nodes.reduce((bytes, { shape }) => bytes + 8 * sizeOf(shape), 0)
