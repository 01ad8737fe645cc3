import { type Graph, isLinear, type LinearNode } from '../graph/linear.ts'
import { isElementwise, isReduction, isView, type Primitive } from '../graph/primitives.ts'
import { sizeOf } from '../shape.ts'
import { createPaths, follow, isBounded, isIdentity, type Path, type Paths } from './path.ts'
import { contiguous, type Layout } from './layout.ts'
import { unreshaped } from './simplify.ts'

/** How a primitive takes part in fusion. */
type Role = 'input' | 'source' | 'view' | 'elementwise' | 'gather' | 'reduction' | 'kernel'

const roles = {
  buffer: 'input',
  constant: 'source',
  iota: 'source',
  randomBits: 'source',
  gather: 'gather',
  argmax: 'reduction',
  matmul: 'kernel',
  attention: 'kernel',
  attentionGradient: 'kernel',
  scatterAdd: 'kernel',
  concat: 'kernel',
  sliceScatter: 'kernel',
  cumsum: 'kernel',
  argsort: 'kernel',
} as const satisfies Partial<Record<Primitive, Role>>
export const roleOf = (op: Primitive): Role =>
  isView(op)
    ? 'view'
    : isElementwise(op)
      ? 'elementwise'
      : isReduction(op)
        ? 'reduction'
        : roles[op as keyof typeof roles]

/** Operations that cost about as much as reading a value from memory. */
const costly: ReadonlySet<Primitive> = new Set<Primitive>([
  'exp',
  'log',
  'sin',
  'cos',
  'tanh',
  'sigmoid',
  'erf',
  'pow',
  'randomBits',
  'mod',
])
const costOf = (op: Primitive): number => (costly.has(op) ? 8 : 1)
/** The most work that is done again in each kernel that wants a value, and the most in one expression. */
const recomputeLimit = 48
const expressionLimit = 160
/** A value repeated at least this often must be cheap to be recomputed for each repetition. */
const repeatedCost = 8

/** What the compiler knows of a graph before it forms kernels. */
export interface Analysis {
  readonly graph: Graph
  readonly paths: Paths
  /** Nodes that are computed by a kernel as a whole, in order; everything else is computed inside expressions. */
  readonly anchors: readonly number[]
  readonly isAnchor: (position: number) => boolean
  /** Whether a value lies in memory when a kernel that does not compute it runs. */
  readonly isStored: (position: number) => boolean
  /** Where an anchor's result lies: in a buffer of its own, or as part of a joined value in that one's. */
  readonly homeOf: (position: number) => Home
}

/** The value whose buffer holds an anchor's result, and how the result lies in it. */
export interface Home {
  readonly position: number
  readonly layout: Layout
}

/** The anchor or other value below the views of a node, and the path from it to the node. */
function stripViews(
  graph: Graph,
  paths: Paths,
  isAnchor: (at: number) => boolean,
  position: number,
): { base: number; path: Path | undefined } {
  let [at, path] = [position, undefined as Path | undefined]
  while (!isAnchor(at) && isView(graph.nodes[at]!.op)) {
    path = paths.through(path, at, false)
    at = graph.nodes[at]!.inputs[0]!
  }
  return { base: at, path }
}

/** Decides which values get a kernel of their own or a place in one. */
export function analyze(graph: Graph): Analysis {
  const paths = createPaths(graph)
  const forced = new Set<number>()
  const isStored = (at: number): boolean => forced.has(at) || graph.nodes[at]!.op === 'buffer'
  for (const output of graph.outputs) forced.add(unreshaped(graph.nodes, output))
  graph.nodes.forEach((node, at) => {
    if (roleOf(node.op) === 'kernel' || roleOf(node.op) === 'reduction') forced.add(at)
  })
  storeInputs(graph, paths, forced)
  chooseShared(graph, forced)
  // A value that is stored late cuts the views of others in two: what was met through all of them is asked again.
  untilNothingIsAdded(forced, () => {
    makeExpressible(graph, paths, forced)
    storeInputs(graph, paths, forced)
  })
  const anchors = [...forced].filter(at => sizeOf(graph.nodes[at]!.shape) > 0).toSorted((a, b) => a - b)
  const parts = partsOf(graph)
  const homeOf = (at: number): Home => parts.get(at) ?? { position: at, layout: contiguous(graph.nodes[at]!.shape) }
  return { graph, paths, anchors, isAnchor: at => forced.has(at), isStored, homeOf }
}

/** Where the parts of joined values lie. */
function partsOf({ nodes }: Graph): Map<number, Home> {
  const parts = new Map<number, Home>()
  nodes.forEach((node, position) => {
    if (!isLinear(node, 'concat')) return
    const { axis } = node.attributes
    const { strides, ...whole } = contiguous(node.shape)
    let offset = 0
    for (const input of node.inputs) {
      const { shape } = nodes[input]!
      parts.set(input, { position, layout: { ...whole, strides, shape, offset } })
      offset += shape[axis]! * strides[axis]!
    }
  })
  return parts
}

/** The inputs that a node reads at places of its own choice, so that they must lie in memory. */
export const memoryInputs = (node: LinearNode): readonly number[] =>
  roleOf(node.op) === 'kernel' ? node.inputs : node.op === 'gather' || node.op === 'randomBits' ? [node.inputs[0]!] : []

/** How an input must lie in memory: in a layout that strides can express, with contiguous rows, or packed. */
type Requirement = 'strided' | 'rows' | 'packed'

/** Where more than strides is asked for, input by input. */
const requirements: Partial<Record<Primitive, readonly Requirement[]>> = {
  randomBits: ['packed'],
  attention: ['rows', 'rows', 'rows'], // query, key, value
  attentionGradient: ['rows', 'rows', 'rows', 'rows'], // and the gradient
  sliceScatter: ['packed', 'rows'], // base, source
}

const requirementOf = ({ op }: LinearNode, input: number): Requirement => requirements[op]?.[input] ?? 'strided'

const meets = (layout: Layout, requirement: Requirement, size: number): boolean =>
  requirement === 'packed'
    ? isIdentity(layout, size)
    : requirement === 'strided' || layout.shape.at(-1) === 1 || layout.strides.at(-1) === 1

function untilNothingIsAdded(forced: ReadonlySet<number>, add: () => void): void {
  for (let before = -1; before !== forced.size;) {
    before = forced.size
    add()
  }
}

/** Makes sure that all inputs that must lie in memory do, each as required. */
const storeInputs = (graph: Graph, paths: Paths, forced: Set<number>): void =>
  untilNothingIsAdded(forced, () =>
    graph.nodes.forEach(node =>
      memoryInputs(node).forEach((input, i) => storeInput(graph, paths, forced, input, requirementOf(node, i))),
    ),
  )

/** Makes sure that an input lies in memory as required. */
function storeInput(graph: Graph, paths: Paths, forced: Set<number>, input: number, requirement: Requirement): void {
  if (sizeOf(graph.nodes[input]!.shape) === 0) return
  const { base, path } = stripViews(graph, paths, at => forced.has(at), input)
  const result = follow(contiguous(graph.nodes[base]!.shape), path)
  if ('fails' in result) {
    forced.add(graph.nodes[result.fails.below]!.inputs[0]!)
    storeInput(graph, paths, forced, input, requirement)
  } else if (
    roleOf(graph.nodes[base]!.op) === 'source' ||
    isBounded(result.layout) ||
    !meets(result.layout, requirement, sizeOf(graph.nodes[base]!.shape))
  )
    forced.add(input)
  else if (graph.nodes[base]!.op !== 'buffer') forced.add(base)
}

/** Stores values that several kernels want, unless they are cheap to compute again from one other stored value. */
function chooseShared(graph: Graph, forced: Set<number>): void {
  const uses = countUses(graph)
  const leaves: ReadonlySet<number>[] = []
  const costs: number[] = []
  graph.nodes.forEach((node, at) => {
    const size = sizeOf(node.shape)
    const below = [...new Set(node.inputs.flatMap(input => [...leaves[input]!]))]
    const cost = node.inputs.reduce(
      (sum, input) => sum + costs[input]!,
      roleOf(node.op) === 'view' ? 0 : costOf(node.op),
    )
    const large = below.filter(leaf => sizeOf(graph.nodes[leaf]!.shape) * 4 >= size).length
    const computed = ['elementwise', 'gather', 'source'].includes(roleOf(node.op)) && cost > 1
    const shared =
      uses[at]!.count > 1 && (large > 1 || cost > recomputeLimit || (below.length === 0 && cost >= repeatedCost))
    const repeated = uses[at]!.repeated && cost >= repeatedCost && size > 1
    if (computed && (shared || repeated || cost > expressionLimit)) forced.add(at)
    const stored = forced.has(at) || node.op === 'buffer'
    leaves.push(stored ? new Set([at]) : new Set(below))
    costs.push(stored ? 0 : cost)
  })
}

/** How many computations use each node, seen through views, and whether one uses its elements repeatedly. */
function countUses(graph: Graph): { count: number; repeated: boolean }[] {
  const uses = graph.nodes.map(() => ({ count: 0, repeated: false }))
  for (const output of graph.outputs) uses[output]!.count++
  for (let at = graph.nodes.length - 1; at >= 0; at--) {
    const node = graph.nodes[at]!
    const isViewNode = roleOf(node.op) === 'view'
    for (const input of node.inputs) {
      const use = uses[input]!
      use.count += isViewNode ? uses[at]!.count : 1
      use.repeated ||= isViewNode && (uses[at]!.repeated || sizeOf(node.shape) > sizeOf(graph.nodes[input]!.shape))
    }
  }
  return uses
}

/** Stores what lies below views that no strides can express, until every expression can be computed. */
function makeExpressible(graph: Graph, paths: Paths, forced: Set<number>): void {
  const storeWhatFails = ({ layout, path }: Source): void => {
    const result = follow(layout, path)
    if ('fails' in result) forced.add(graph.nodes[result.fails.below]!.inputs[0]!)
  }
  untilNothingIsAdded(forced, () => {
    for (const anchor of [...forced].filter(at => sizeOf(graph.nodes[at]!.shape) > 0))
      visitSources(graph, paths, at => forced.has(at), anchor, undefined, storeWhatFails)
  })
}

/** A value that an expression reads or makes up: its layout before views, the views up to the anchor, its position. */
export interface Source {
  readonly layout: Layout
  readonly path: Path | undefined
  readonly position: number
  /** Read at places of the kernel's own choice, so it must be in memory before the kernel starts. */
  readonly inMemory: boolean
}

/** Calls `found` for every source of an anchor's expression; `root` is the path from the anchor to the loops. */
export function visitSources(
  graph: Graph,
  paths: Paths,
  isAnchor: (at: number) => boolean,
  anchor: number,
  root: Path | undefined,
  found: (source: Source) => void,
): void {
  const seen = new Map<number, Set<Path | undefined>>()
  const visit = (at: number, path: Path | undefined, top: boolean): void => {
    const before = seen.get(at) ?? new Set<Path | undefined>()
    if (before.has(path)) return
    seen.set(at, before.add(path))
    const node = graph.nodes[at]!
    const role = roleOf(node.op)
    if (role === 'input' || (isAnchor(at) && !top)) {
      found({ layout: contiguous(node.shape), path, position: at, inMemory: false })
      return
    }
    for (const input of memoryInputs(node)) {
      const stored = storedLayout(graph, paths, isAnchor, input)
      const layout = node.op === 'gather' ? gatherLayout(node as LinearNode<'gather'>, stored.layout) : contiguous([])
      found({ layout, path: node.op === 'gather' ? path : undefined, position: stored.position, inMemory: true })
    }
    if (role === 'source') found({ layout: contiguous(node.shape), path, position: at, inMemory: false })
    else if (role === 'view')
      visit(
        node.inputs[0]!,
        paths.through(path, at, node.op === 'pad' && !isDirect(graph, isAnchor, node.inputs[0]!)),
        false,
      )
    else if (role === 'gather') visit(node.inputs[1]!, path, false)
    else if (role !== 'kernel') for (const input of node.inputs) visit(input, path, false)
  }
  visit(anchor, root, true)
}

/** Whether a node, seen through views, is one load, so that a pad above it can be part of that load. */
export function isDirect(graph: Graph, isAnchor: (at: number) => boolean, position: number): boolean {
  const node = graph.nodes[position]!
  if (isAnchor(position) || node.op === 'buffer') return true
  return roleOf(node.op) === 'view' && isDirect(graph, isAnchor, node.inputs[0]!)
}

/** The layout of stored data that a kernel reads at places of its own: the views above what lies in memory. */
export function storedLayout(
  graph: Graph,
  paths: Paths,
  isAnchor: (at: number) => boolean,
  input: number,
): { layout: Layout; position: number } {
  const { base, path } = stripViews(graph, paths, isAnchor, input)
  const result = follow(contiguous(graph.nodes[base]!.shape), path)
  if ('fails' in result) throw new Error(`the layout of node ${input} is not expressible`)
  return { layout: result.layout, position: base }
}

/** The data of a gather as seen from its result: the indexed axis adds nothing to the position. */
export const gatherLayout = (node: LinearNode<'gather'>, data: Layout): Layout => ({
  ...data,
  shape: node.shape,
  strides: data.strides.with(node.attributes.axis, 0),
})
