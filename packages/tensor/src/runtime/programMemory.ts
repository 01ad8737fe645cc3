import type { Backend, Program } from '../backends/backend.ts'
import { boundaryBytes } from '../graph/boundary.ts'
import type { Graph } from '../graph/linear.ts'

/** Bytes that a program has on its device while it runs once. */
export interface ProgramMemory {
  /** What it reads: arguments, and tensors from outside such as weights. */
  readonly inputs: number
  /** What it returns or assigns anew; a value that takes the place of an input counts as that input. */
  readonly outputs: number
  /** Intermediates, which share what no two need at the same time. */
  readonly arena: number
  /** What its threads work in. */
  readonly scratch: number
  /** All of these together. */
  readonly total: number
}

export function memoryOf(backend: Backend, graph: Graph, program: Program): ProgramMemory {
  const { inputs, outputs } = boundaryBytes(graph, program.inPlace)
  const { arena, scratch } = backend.workspace(program)
  return { inputs, outputs, arena, scratch, total: inputs + outputs + arena + scratch }
}
