import { type DType, dtypes } from '../dtype.ts'
import { type Graph, isLinear, type LinearNode, textOf } from '../graph/linear.ts'
import { isReduction, isView, type Primitive } from '../graph/primitives.ts'
import { sizeOf } from '../shape.ts'

type Nodes = readonly LinearNode[]
/** The position of an equal, simpler node, or undefined. Inputs are simplified already. */
type Rule = (node: LinearNode, nodes: Nodes) => number | undefined

/** The number that every element of a node is, if it is one. */
function constantOf(nodes: Nodes, position: number): number | undefined {
  const node = nodes[position]!
  return isLinear(node, 'constant') ? node.attributes.value : undefined
}

const neutral =
  (value: number, sides: readonly number[]): Rule =>
  (node, nodes) => {
    for (const side of sides) if (constantOf(nodes, node.inputs[side]!) === value) return node.inputs[1 - side]
    return undefined
  }

const rules: Partial<Record<Primitive, Rule>> = {
  // The identity; gradients, which it stops, are taken by now.
  detach: node => node.inputs[0],
  // x · 1 = x, x / 1 = x
  mul: neutral(1, [0, 1]),
  div: neutral(1, [1]),
  // −(−x) = x
  neg: (node, nodes) => (nodes[node.inputs[0]!]!.op === 'neg' ? nodes[node.inputs[0]!]!.inputs[0] : undefined),
  // A conversion there and back through a type that holds every value of the first
  cast: (node, nodes) => {
    const inner = nodes[node.inputs[0]!]!
    if (inner.dtype === node.dtype) return node.inputs[0]
    if (inner.op !== 'cast' || dtypes[inner.dtype].kind !== 'float') return undefined
    const source = nodes[inner.inputs[0]!]!
    const holds = dtypes[source.dtype].kind === 'float' && (inner.dtype === 'f32' || inner.dtype === 'f64')
    return holds && source.dtype === node.dtype ? inner.inputs[0] : undefined
  },
  // Two permutations are one only together; the common case is that they undo each other.
  permute: (node, nodes) => {
    const inner = nodes[node.inputs[0]!]!
    if (!isLinear(node, 'permute') || !isLinear(inner, 'permute')) return undefined
    return node.attributes.axes.every((axis, i) => inner.attributes.axes[axis] === i) ? inner.inputs[0] : undefined
  },
}

/** What operations give that turn nothing into something. */
const fromNothing: Partial<Record<Primitive, (node: LinearNode) => number>> = {
  sum: () => 0,
  prod: () => 1,
  reduceMax: node => (dtypes[node.dtype].kind === 'float' ? -Infinity : node.dtype === 'i32' ? -(2 ** 31) : 0),
  matmul: () => 0,
  attention: node => ((node as LinearNode<'attention'>).attributes.part === 'output' ? 0 : Infinity),
  attentionGradient: () => 0,
  pad: node => (node as LinearNode<'pad'>).attributes.value,
}

/** What is done to the first input, and not done where the others are empty. */
const changesBase: ReadonlySet<Primitive> = new Set<Primitive>(['scatterAdd', 'sliceScatter'])

/** A constant in place of a result that has elements though its inputs have none; a sum with nothing is its base. */
function emptied(node: LinearNode, nodes: Nodes, add: (node: LinearNode) => number): number | undefined {
  if (sizeOf(node.shape) === 0 || !node.inputs.some(input => sizeOf(nodes[input]!.shape) === 0)) return undefined
  if (changesBase.has(node.op)) return node.inputs[0]
  const value = fromNothing[node.op]?.(node)
  if (value === undefined) throw new Error(`${node.op} makes elements of nothing`)
  const { dtype, shape } = node
  return add({ op: 'constant', attributes: { value, shape }, inputs: [], shape, dtype })
}

/** A constant seen through a view that adds nothing is a constant of another shape. */
function viewedConstant(
  { op, inputs, shape, dtype }: LinearNode,
  nodes: Nodes,
  add: (node: LinearNode) => number,
): number | undefined {
  const value = isView(op) && op !== 'pad' ? constantOf(nodes, inputs[0]!) : undefined
  return value === undefined
    ? undefined
    : add({ op: 'constant', attributes: { value, shape }, inputs: [], shape, dtype })
}

/** The inputs whose elements these kernels compute with; they know only dtypes of 32 bits. */
const wideInputs: Partial<Record<Primitive, readonly number[]>> = {
  argsort: [0],
  cumsum: [0],
  scatterAdd: [0, 2],
  attention: [0, 1, 2, 3],
  attentionGradient: [0, 1, 2, 3, 4, 5, 6],
}

/** The same operation on converted inputs, converted back, where a kernel does not know a storage dtype. */
function widened(node: LinearNode, nodes: Nodes, add: (node: LinearNode) => number): number | undefined {
  const wide = wideInputs[node.op]
  if (wide === undefined) return undefined
  const narrow = nodes[node.inputs[0]!]!.dtype
  const dtype = dtypes[narrow].compute === 'bool' ? 'i32' : dtypes[narrow].compute
  if (dtype === narrow) return undefined
  const convert = (at: number, to: DType): number =>
    add({ op: 'cast', attributes: { dtype: to }, inputs: [at], shape: nodes[at]!.shape, dtype: to })
  const inputs = node.inputs.map((at, i) => (wide.includes(i) && nodes[at]!.dtype === narrow ? convert(at, dtype) : at))
  const result = add({ ...node, inputs, dtype: node.op === 'argsort' ? node.dtype : dtype })
  return node.op === 'argsort' ? result : convert(result, node.dtype)
}

/** Dtypes of factors that products convert as they read them. */
const readAsStored: ReadonlySet<DType> = new Set<DType>(['f16', 'bf16', 'i8'])

/** A product of factors that are only converted to f32 reads them as they are stored, in half the bytes or a quarter. */
function asStored(node: LinearNode, nodes: Nodes, add: (node: LinearNode) => number): number | undefined {
  if (node.op !== 'matmul') return undefined
  const below = (at: number): number => {
    const factor = nodes[at]!
    const [input] = factor.inputs as [number]
    if (factor.op === 'cast' && factor.dtype === 'f32' && readAsStored.has(nodes[input]!.dtype)) return input
    if (!isView(factor.op) || factor.op === 'pad') return at
    const source = below(input)
    return source === input ? at : add({ ...factor, inputs: [source], dtype: nodes[source]!.dtype })
  }
  const inputs = node.inputs.map(below)
  return inputs.every((at, i) => at === node.inputs[i]) ? undefined : add({ ...node, inputs })
}

/** A reduction to fewer results than this, of more elements each than that, is done in two steps: threads can share the first. */
const [fewResults, manyElements] = [8, 32_768]
/** Parts that the first step leaves for the second. */
const fewestParts = 32

/** Σ over many = Σ of Σ over parts, where the last reduced axes (or a divisor of the only one) make up the parts. */
function staged(node: LinearNode, nodes: Nodes, add: (node: LinearNode) => number): number | undefined {
  if (!isReduction(node.op) || sizeOf(node.shape) >= fewResults) return undefined
  const { axes } = node.attributes as { readonly axes: readonly number[] }
  const source = nodes[node.inputs[0]!]!
  const count = axes.reduce((product, axis) => product * source.shape[axis]!, 1)
  const trailing = axes.every((axis, i) => axis === source.shape.length - axes.length + i)
  if (count < manyElements || !trailing) return undefined
  const reduce = (at: number, over: readonly number[]): number =>
    add({
      ...node,
      attributes: { axes: over },
      inputs: [at],
      shape: nodes[at]!.shape.map((n, axis) => (over.includes(axis) ? 1 : n)),
    })
  const parts = axes.map((_, i) => axes.slice(0, i).reduce((product, axis) => product * source.shape[axis]!, 1))
  const first = parts.findIndex(n => n >= fewestParts)
  if (first > 0) return reduce(reduce(node.inputs[0]!, axes.slice(first)), axes.slice(0, first))
  const last = axes.at(-1)!
  const size = source.shape[last]!
  const divisor = Array.from({ length: 1024 - fewestParts }, (_, i) => 1024 - i).find(
    n => size % n === 0 && size / n >= fewestParts,
  )
  if (divisor === undefined) return undefined
  const { dtype } = node
  const reshape = (at: number, shape: readonly number[]): number =>
    add({ op: 'reshape', attributes: { shape }, inputs: [at], shape, dtype })
  const apart = reshape(node.inputs[0]!, [...source.shape.slice(0, -1), divisor, size / divisor])
  return reshape(reduce(reduce(apart, [last + 1]), axes), node.shape)
}

/** (A·B)ᵀ = Bᵀ·Aᵀ: a product that is only used transposed (as gradients of weights are) is computed that way. */
function transposedProduct(node: LinearNode, nodes: Nodes, add: (node: LinearNode) => number): number | undefined {
  const product = nodes[node.inputs[0]!]
  if (!isLinear(node, 'permute') || product?.op !== 'matmul') return undefined
  const { axes } = node.attributes
  const rank = axes.length
  if (!axes.every((axis, i) => axis === (i < rank - 2 ? i : 2 * rank - 3 - i))) return undefined
  const turn = (at: number): number => {
    const turned: LinearNode = {
      op: 'permute',
      attributes: { axes },
      inputs: [at],
      shape: axes.map(axis => nodes[at]!.shape[axis]!),
      dtype: nodes[at]!.dtype,
    }
    return rules.permute!(turned, nodes) ?? add(turned)
  }
  const [a, b] = product.inputs as [number, number]
  return add({ op: 'matmul', attributes: {}, inputs: [turn(b), turn(a)], shape: node.shape, dtype: node.dtype })
}

/** Primitives that compute nothing: their inputs are stored where they lie in the result. */
export const joins: ReadonlySet<Primitive> = new Set<Primitive>(['concat'])

/**
 * Equal graph without arithmetic that changes nothing. Every result gets a node of its own kind: one that is (a reshape
 * of) an input becomes a copy.
 */
export function simplify(graph: Graph): Graph {
  const nodes: LinearNode[] = []
  const moved: number[] = []
  const known = new Map<string, number>()
  const add = (node: LinearNode): number => {
    const key =
      node.op === 'buffer' ? undefined : `${node.op} ${node.dtype} ${node.inputs.join()} ${textOf(node.attributes)}`
    const equal = key === undefined ? undefined : known.get(key)
    if (equal !== undefined) return equal
    if (key !== undefined) known.set(key, nodes.length)
    return nodes.push(node) - 1
  }
  /** Each part of a joined value is a node of its own, which is stored in its place there. */
  const partOf = (at: number): number => nodes.push({ ...nodes[at]!, op: 'detach', attributes: {}, inputs: [at] }) - 1
  const uses = new Map<number, number>()
  for (const { inputs } of graph.nodes) for (const input of inputs) uses.set(input, (uses.get(input) ?? 0) + 1)
  for (const original of graph.nodes) {
    const inputs = original.inputs.map(at => moved[at]!)
    const node = { ...original, inputs: joins.has(original.op) ? inputs.map(partOf) : inputs }
    const alone = uses.get(original.inputs[0]!) === 1 && !graph.outputs.includes(original.inputs[0]!)
    moved.push(
      emptied(node, nodes, add) ??
        viewedConstant(node, nodes, add) ??
        widened(node, nodes, add) ??
        asStored(node, nodes, add) ??
        staged(node, nodes, add) ??
        rules[node.op]?.(node, nodes) ??
        (alone ? transposedProduct(node, nodes, add) : undefined) ??
        add(node),
    )
  }
  const outputs = graph.outputs.map(at => {
    const result = moved[at]!
    const { shape, dtype } = nodes[result]!
    return nodes[unreshaped(nodes, result)]!.op === 'buffer'
      ? nodes.push({ op: 'detach', attributes: {}, inputs: [result], shape, dtype }) - 1
      : result
  })
  return onlyNeeded({ nodes, inputs: graph.inputs.map(at => moved[at]!), outputs, replaces: graph.replaces })
}

/** The graph without nodes that no result needs; inputs stay, as a run passes them all. */
function onlyNeeded(graph: Graph): Graph {
  const needed = new Set([...graph.outputs, ...graph.inputs])
  for (let at = graph.nodes.length - 1; at >= 0; at--)
    if (needed.has(at)) for (const input of graph.nodes[at]!.inputs) needed.add(input)
  const moved = new Map([...needed].toSorted((a, b) => a - b).map((at, i) => [at, i]))
  const move = (at: number): number => moved.get(at)!
  const nodes = [...moved.keys()].map(at => ({ ...graph.nodes[at]!, inputs: graph.nodes[at]!.inputs.map(move) }))
  return { nodes, inputs: graph.inputs.map(move), outputs: graph.outputs.map(move), replaces: graph.replaces }
}

/** The node below reshapes: the same bytes in another shape. */
export function unreshaped(nodes: Nodes, position: number): number {
  const node = nodes[position]!
  return node.op === 'reshape' ? unreshaped(nodes, node.inputs[0]!) : position
}
