import { dtypes } from '../dtype.ts'
import type { Graph, LinearNode } from '../graph/linear.ts'
import { sizeOf } from '../shape.ts'
import { analyze } from './anchors.ts'
import { layOut, type Span } from './arena.ts'
import type { Touch } from './builder.ts'
import { type Cluster, formClusters } from './clusters.ts'
import type { IndexMap, Kernel, LoopKernel, Store, Value } from './kernel.ts'
import { hoistOffsets } from './hoist.ts'
import { lower } from './lower.ts'
import type { Lowered } from './lowered.ts'
import { joins, simplify, unreshaped } from './simplify.ts'

/** A buffer of a program: the n-th input or output, or bytes of the arena. */
export type Place = (
  | { readonly kind: 'input' | 'output'; readonly index: number }
  | { readonly kind: 'arena'; readonly offset: number }
) & {
  readonly bytes: number
  /** The number of a value of which several launches write parts. */
  readonly joined?: number
  /** Bytes from there to where the kernel's positions begin. */
  readonly start: number
}

export interface Launch {
  readonly kernel: Kernel
  readonly operands: readonly Place[]
}

/** A graph as kernels in order, with a place for every buffer. */
export interface Plan {
  readonly launches: readonly Launch[]
  readonly arenaBytes: number
  /** For every output, the input that it may overwrite in place. */
  readonly inPlace: readonly (number | undefined)[]
}

/** Kernels read whole vectors, so every buffer ends at a multiple of this. */
export const alignment = 64

export const bytesOf = (node: LinearNode): number => sizeOf(node.shape) * dtypes[node.dtype].bytes

/** Compiles a graph: simplification, fusion, order, memory. */
export function plan(original: Graph): Plan {
  const graph = simplify(original)
  const analysis = analyze(graph)
  const clusters = inOrder(formClusters(analysis))
  const storage = assignStorage(graph, clusters, at => analysis.homeOf(at).position)
  const lowered = clusters.flatMap(cluster => {
    if (cluster.anchors.every(at => storage.copies(at) === 0 || joins.has(graph.nodes[at]!.op))) return []
    if (cluster.kind !== 'single') return [lower(analysis, cluster, at => storage.copies(at))]
    const kept = lower(analysis, cluster, at => Math.min(1, storage.copies(at)))
    const extra = cluster.anchors.flatMap(at =>
      Array.from({ length: Math.max(0, storage.copies(at) - 1) }, (_, i) => copyOf(graph, at, i + 1)),
    )
    return [kept, ...extra]
  })
  const live = lowered.filter(({ kernel }) => !isEmpty(kernel))
  const { places, arenaBytes } = placeAll(graph, live, storage)
  const launches = live.map(({ kernel, touches }) => ({ kernel, operands: touches.map(touch => places(touch)) }))
  return {
    launches: launches.map(hoistOffsets),
    arenaBytes,
    inPlace: graph.replaces.map((input, output) =>
      input !== undefined && canReplace(launches, input, output) ? input : undefined,
    ),
  }
}

/** Clusters so that each comes after those it needs; among those that may come next, the one that was built first. */
function inOrder(clusters: readonly Cluster[]): Cluster[] {
  const rank = (cluster: Cluster): number => cluster.anchors.at(-1)!
  const order: Cluster[] = []
  const done = new Set<Cluster>()
  const waiting = clusters.toSorted((a, b) => rank(a) - rank(b))
  const visit = (cluster: Cluster): void => {
    if (done.has(cluster)) return
    done.add(cluster)
    for (const need of [...cluster.needs].toSorted((a, b) => rank(a) - rank(b))) visit(need)
    order.push(cluster)
  }
  for (const cluster of waiting) visit(cluster)
  return order
}

/** Where each anchor is written: to every output that it is, or once to the arena if only other kernels read it. */
interface Storage {
  copies(anchor: number): number
  /** The output that copy n of an anchor is, if it is one. */
  outputOf(anchor: number, copy: number): number | undefined
}

function assignStorage(graph: Graph, clusters: readonly Cluster[], homeOf: (anchor: number) => number): Storage {
  const outputs = new Map<number, number[]>()
  graph.outputs.forEach((at, output) => {
    const anchor = unreshaped(graph.nodes, at)
    outputs.set(anchor, [...(outputs.get(anchor) ?? []), output])
  })
  const home = new Map(clusters.flatMap(cluster => cluster.anchors.map(at => [at, cluster] as const)))
  const read = new Set(clusters.flatMap(cluster => [...cluster.reads].filter(at => home.get(at) !== cluster)))
  return {
    copies: anchor => outputs.get(homeOf(anchor))?.length ?? (read.has(homeOf(anchor)) ? 1 : 0),
    outputOf: (anchor, copy) => outputs.get(anchor)?.[copy],
  }
}

/** A kernel that writes one more copy of a stored value. */
function copyOf(graph: Graph, anchor: number, copy: number): Lowered {
  const { dtype, shape } = graph.nodes[anchor]!
  const type = dtypes[dtype].compute
  if (type === 'f64') throw new Error('f64 is not computed in kernels')
  const map: IndexMap = { offset: 0, strides: [1], bounds: [], fill: 0 }
  const kernel: LoopKernel = {
    kind: 'loops',
    operands: [
      { dtype, written: false },
      { dtype, written: true },
    ],
    outer: [],
    inner: [sizeOf(shape)],
    lanes: 'inner',
    values: [{ op: 'load', type, operand: 0, map }],
    stages: [{ reductions: [], stores: [{ operand: 1, value: 0, map, perRow: false }] }],
  }
  return { kernel, touches: [{ read: anchor }, { write: anchor, copy }] }
}

/** Whether a kernel writes nothing. Reductions of empty rows still write their identity. */
function isEmpty(kernel: Kernel): boolean {
  if (kernel.kind === 'loops')
    return (
      sizeOf(kernel.outer) === 0 ||
      (sizeOf(kernel.inner) === 0 && !kernel.stages.some(stage => stage.stores.some(store => store.perRow)))
    )
  if (kernel.kind === 'matmul') return sizeOf(kernel.batch) * kernel.m * kernel.n === 0
  if (kernel.kind === 'attention' || kernel.kind === 'attentionGradient') return false
  return sizeOf('outShape' in kernel ? kernel.outShape : kernel.shape) === 0
}

/**
 * Small values keep their places for some launches more: launches that would take them over can then run beside those
 * that still use them.
 */
const linger = (span: Span): Span => (span.bytes <= smallBytes ? { ...span, to: span.to + lingering } : span)
const [smallBytes, lingering] = [8192, 64]

/** Gives every buffer its place; values that no two launches need at the same time share bytes of the arena. */
function placeAll(
  graph: Graph,
  lowered: readonly Lowered[],
  storage: Storage,
): { places: (touch: Touch) => Place; arenaBytes: number } {
  const inputs = new Map(graph.inputs.map((at, index) => [at, index]))
  const spans = new Map<number, Span>()
  lowered.forEach(({ touches }, step) => {
    for (const touch of touches) {
      const at = 'read' in touch ? touch.read : touch.write
      if (inputs.has(at) || storage.outputOf(at, 0) !== undefined) continue
      const span = spans.get(at) ?? { bytes: bytesOf(graph.nodes[at]!), from: step, to: step }
      spans.set(at, { ...span, to: step })
    }
  })
  const { offsets, total } = layOut([...spans.values()].map(linger), alignment)
  const offsetOf = new Map([...spans.keys()].map((at, i) => [at, offsets[i]!]))
  const places = (touch: Touch): Place => {
    const at = 'read' in touch ? touch.read : touch.write
    const bytes = bytesOf(graph.nodes[at]!)
    const input = inputs.get(at)
    if (input !== undefined) return { kind: 'input', index: input, bytes, start: 0 }
    const output = storage.outputOf(at, 'write' in touch ? touch.copy : 0)
    const joined = 'write' in touch && joins.has(graph.nodes[at]!.op) ? { joined: at } : {}
    return output !== undefined
      ? { kind: 'output', index: output, bytes, start: 0, ...joined }
      : { kind: 'arena', offset: offsetOf.get(at)!, bytes, start: 0, ...joined }
  }
  return { places, arenaBytes: total }
}

/** Whether an output may be written over an input: nothing reads the input later, or elsewhere than where it is written. */
function canReplace(launches: readonly Launch[], input: number, output: number): boolean {
  const writer = launches.findIndex(({ operands }) =>
    operands.some(place => place.kind === 'output' && place.index === output),
  )
  const readers = launches.flatMap(({ operands }, step) =>
    operands.some(place => place.kind === 'input' && place.index === input) ? [step] : [],
  )
  return readers.every(step => step < writer || (step === writer && isSamePosition(launches[step]!, input, output)))
}

function isSamePosition({ kernel, operands }: Launch, input: number, output: number): boolean {
  if (kernel.kind === 'sliceScatter') return isOnlyBase(operands, input)
  const pointwise = pointwiseStores(kernel)
  const [from, to] = [
    operands.findIndex(p => p.kind === 'input' && p.index === input),
    operands.findIndex(p => p.kind === 'output' && p.index === output),
  ]
  if (pointwise === undefined || kernel.operands[from]!.dtype !== kernel.operands[to]!.dtype) return false
  const written = pointwise.stores.filter(store => store.operand === to)
  const same = (map: IndexMap): boolean =>
    written.every(
      store =>
        map.bounds.length === 0 && map.offset === store.map.offset && map.strides.join() === store.map.strides.join(),
    )
  return (
    !pointwise.read.includes(from) &&
    pointwise.values.every(
      value => !('operand' in value) || value.operand !== from || (value.op === 'load' && same(value.map)),
    )
  )
}

/** Whether an input is what a `sliceScatter` writes into, and nothing else of it. */
const isOnlyBase = (operands: readonly Place[], input: number): boolean =>
  operands.every((place, i) => (place.kind === 'input' && place.index === input) === (i === 0))

/** The stores of a kernel that computes each element at once from its values, and operands that it reads elsewhere too. */
function pointwiseStores(
  kernel: Kernel,
):
  | { readonly stores: readonly Store[]; readonly values: readonly Value[]; readonly read: readonly number[] }
  | undefined {
  if (kernel.kind === 'matmul')
    return { stores: kernel.stores, values: kernel.values, read: [kernel.a.operand, kernel.b.operand] }
  if (kernel.kind !== 'loops' || kernel.stages.length > 1) return undefined
  return { stores: kernel.stages[0]!.stores, values: kernel.values, read: [] }
}
