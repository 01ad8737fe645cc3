import type { Backend } from '../backends/backend.ts'
import type { DType } from '../dtype.ts'
import type { Storage } from '../runtime/storage.ts'
import type { Shape } from '../shape.ts'
import type { Handle } from '../handle.ts'
import type { CustomGradient } from './gradientRules.ts'
import type { Attributes, Primitive } from './primitives.ts'

/** A value in the graph: a primitive applied to inputs. What it denotes never changes; `storage` only remembers it once computed. */
export interface Node<Op extends Primitive = Primitive> {
  /** Larger than the id of every input. */
  readonly id: number
  readonly op: Op
  readonly attributes: Attributes[Op]
  /** Emptied when the history is released; see `runtime/history.ts`. */
  inputs: readonly Node[]
  readonly shape: Shape
  readonly dtype: DType
  /** Where the leaves below live; `undefined` if anywhere will do. */
  readonly device: Backend | undefined
  /** A gradient rule instead of those of its graph. */
  gradient: CustomGradient | undefined
  /** What is computed whenever it is; see `runtime/companions.ts`. */
  companion: WeakRef<Handle> | undefined
  /** Where the computed value lies. */
  storage: Storage | undefined
  /** Nodes that were ever built on this one, and tensors that mean it: with 0 and 1 its bytes may be overwritten in place. */
  uses: number
  handles: number
  /** How many reads in a row built on each other's results; bounds the history that is kept for `grad`. */
  generation: number
  /** The last walk over a graph that found it, and its place in the last graph that was made linear: no part of its meaning. */
  walk: number
  position: number
}

/** Narrows a node to one primitive, and with it the type of its attributes. */
export const is = <Op extends Primitive>(node: Node, op: Op): node is Node<Op> => node.op === op

let walks = 0

/**
 * Every node that `roots` depend on, in the order in which they were made, so inputs before users; `stop` cuts below a
 * node (it is still listed).
 */
export function topological(roots: readonly Node[], stop: (node: Node) => boolean = () => false): Node[] {
  const walk = ++walks
  const found: Node[] = []
  const find = (node: Node): void => {
    if (node.walk === walk) return
    node.walk = walk
    found.push(node)
  }
  for (const root of roots) find(root)
  for (const node of found) if (!stop(node)) for (const input of node.inputs) find(input)
  return byId(found)
}

/** Ids of a graph lie mostly this many times as far apart as they would without gaps. */
const spread = 8
let places = new Int32Array(1024)

/** Each into its place in a table of ids, which takes no comparisons; the few that are far older are sorted in front. */
function byId(nodes: readonly Node[]): Node[] {
  let last = 0
  for (const { id } of nodes) last = Math.max(last, id)
  const span = nodes.length * spread
  if (span > places.length) places = new Int32Array(2 * span)
  else places.fill(0, 0, span)
  const older = nodes.filter(({ id }) => id <= last - span)
  nodes.forEach(({ id }, i) => {
    if (id > last - span) places[last - id] = i + 1
  })
  const ordered = older.sort((a, b) => a.id - b.id)
  for (let at = span - 1; at >= 0; at--) if (places[at] !== 0) ordered.push(nodes[places[at]! - 1]!)
  return ordered
}
