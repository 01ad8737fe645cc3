import { latestId, makeNode } from '../graph/build.ts'
import type { Node } from '../graph/node.ts'
import type { Handle } from '../handle.ts'

/**
 * What happens while a compiled function is traced: tensors from outside become slots (`captured`), assignments are
 * collected (`assigned`) and take effect when the program runs.
 */
export interface Trace {
  /** Nodes with a larger id were made while tracing. */
  readonly since: number
  /** The slot that stands for each tensor from outside. */
  readonly captured: Map<Handle, Node>
  /** The node that each assigned tensor has at the end. */
  readonly assigned: Map<Handle, Node>
}

let current: Trace | undefined

/** Whether a function is being traced by `compile`, so that nothing can be read. */
export const isTracing = (): boolean => current !== undefined

/** The node that a tensor means now: inside a trace, a slot or what was assigned. */
export function readNode(tensor: Handle, node: Node): Node {
  if (current === undefined) return node
  const assigned = current.assigned.get(tensor)
  if (assigned !== undefined) return assigned
  if (node.id > current.since) return node
  let slot = current.captured.get(tensor)
  if (slot === undefined)
    current.captured.set(tensor, (slot = makeNode('buffer', [], {}, node.shape, node.dtype, node.device)))
  return slot
}

/** Notes an assignment inside a trace; false outside of one. */
export function traceAssign(tensor: Handle, node: Node): boolean {
  if (current === undefined) return false
  current.assigned.set(tensor, node)
  return true
}

/** Runs `body` while recording. */
export function record<T>(body: () => T): { result: T; trace: Trace } {
  const outer = current
  const trace: Trace = { since: latestId(), captured: new Map(), assigned: new Map() }
  current = trace
  try {
    return { result: body(), trace }
  } finally {
    current = outer
  }
}
