import { isLinear, type LinearNode, textOf } from '../graph/linear.ts'
import { type Shape, sizeOf } from '../shape.ts'
import { type Analysis, roleOf, type Source, visitSources } from './anchors.ts'
import { applyStep, type Layout } from './layout.ts'
import { cutsOf, follow, isBounded, isIdentity, isRowwise, loopsOf, type Path } from './path.ts'

/**
 * Anchors that one kernel computes. A `loops` cluster runs over `size` elements, in rows of `inner` if it reduces
 * (`inner` is 1 before it does); a `columns` cluster reduces axes that are not the last ones; a `matmul` cluster is a
 * product with its epilogue; a `single` one is any other kernel, with all parts of its result.
 */
export interface Cluster {
  readonly kind: 'loops' | 'columns' | 'matmul' | 'single'
  readonly anchors: number[]
  readonly size: number
  inner: number
  /** Where the loops over a row-major run of the elements must be cut; see `cutsOf`. */
  readonly cuts: Set<number>
  /** Whether a load has bounds, which loops cannot be cut across. */
  bounded: boolean
  /** For columns: what is reduced, to find reductions that can share the pass. */
  readonly columns: { readonly shape: Shape; readonly axes: readonly number[] } | undefined
  /** Clusters that must run before. */
  readonly needs: Set<Cluster>
  /** Nodes whose values it uses. */
  readonly reads: Set<number>
  /** Anchors that it writes in another order than its loops run, so that nothing in it can use them. */
  readonly scattered: Set<number>
}

/** More anchors than this in one kernel run out of registers. */
const anchorLimit = 40
/** Column sums that share a pass; each more is a stream of memory more, and 18 ran at a twentieth of the speed. */
const columnLimit = 4
/** A reduction over rows this few and long keeps its own kernel, which can be cut in parts. */
const [fewRows, longRow] = [4, 65536]

/** Groups anchors into kernels, each into the kernel of what it uses where that reads memory less often. */
export function formClusters(analysis: Analysis): Cluster[] {
  const of = new Map<number, Cluster>()
  const clusters = new Set<Cluster>()
  for (const anchor of analysis.anchors) {
    const use = describe(analysis, anchor)
    const home = findHome(analysis, use, of, clusters) ?? start(use, clusters)
    const before = new Set(home.needs)
    join(home, use, of)
    absorb(home, use, before, of, clusters)
  }
  return [...clusters]
}

/** What matters of an anchor for finding its place. */
interface Use {
  readonly anchor: number
  readonly kind: Cluster['kind']
  /** Elements that its loops run over, and how many of them make one result. */
  readonly size: number
  readonly inner: number
  readonly cuts: readonly number[]
  readonly columns: Cluster['columns']
  readonly sources: readonly (Source & { readonly seen: Layout })[]
  readonly bounded: boolean
  readonly scattered: boolean
  /** Where its elements are stored, as seen from the loops of its space. */
  readonly stored: Layout
}

/** A permuted copy runs over what it permutes, and scatters its stores, so that it can be part of the kernel before. */
export function spaceOf(
  { graph, paths }: Pick<Analysis, 'graph' | 'paths'>,
  anchor: number,
): { shape: Shape; root: Path | undefined } {
  const node = graph.nodes[anchor]!
  if (!isLinear(node, 'permute')) return { shape: node.shape, root: undefined }
  const inverse = node.attributes.axes.map((_, i) => node.attributes.axes.indexOf(i))
  return {
    shape: graph.nodes[node.inputs[0]!]!.shape,
    root: paths.extend(undefined, { op: 'permute', attributes: { axes: inverse } }, -1),
  }
}

function describe({ graph, paths, isAnchor, homeOf }: Analysis, anchor: number): Use {
  const node = graph.nodes[anchor]!
  const sources: (Source & { seen: Layout })[] = []
  const space = spaceOf({ graph, paths }, anchor)
  visitSources(graph, paths, isAnchor, anchor, space.root, source => {
    const result = follow(source.layout, source.path)
    if ('fails' in result) throw new Error(`node ${anchor} is not expressible`)
    sources.push({ ...source, seen: result.layout })
  })
  const stored = follow(homeOf(anchor).layout, space.root)
  if ('fails' in stored) throw new Error(`the result of node ${anchor} is not expressible`)
  const role = roleOf(node.op)
  const reduced = role === 'reduction' ? graph.nodes[node.inputs[0]!]!.shape : space.shape
  const axes = isLinear(node, 'argmax')
    ? [node.attributes.axis]
    : role === 'reduction'
      ? (node.attributes as { axes: readonly number[] }).axes
      : []
  const kept = reduced.flatMap((n, axis) => (n === 1 || axes.includes(axis) ? [] : [axis]))
  const trailing = kept.length === 0 || axes.every(axis => axis > kept.at(-1)!)
  const kind =
    role === 'kernel'
      ? node.op === 'matmul'
        ? 'matmul'
        : 'single'
      : role === 'reduction' && !trailing
        ? 'columns'
        : 'loops'
  const inner = role === 'reduction' ? axes.reduce((n, axis) => n * reduced[axis]!, 1) : 1
  return {
    anchor,
    kind,
    size: kind === 'columns' ? sizeOf(node.shape) : sizeOf(reduced),
    inner: kind === 'loops' ? inner : 1,
    cuts: kind === 'columns' ? cutsOf(node.shape) : [...cutsOf(reduced), inner],
    columns: kind === 'columns' ? { shape: reduced, axes } : undefined,
    sources,
    bounded: sources.some(source => isBounded(source.seen)),
    scattered: space.root !== undefined,
    stored: stored.layout,
  }
}

function findHome(
  { graph }: Analysis,
  use: Use,
  of: ReadonlyMap<number, Cluster>,
  clusters: ReadonlySet<Cluster>,
): Cluster | undefined {
  if (use.kind === 'single')
    return [...clusters].find(
      ({ kind, anchors }) => kind === 'single' && isOtherPart(graph.nodes[anchors[0]!]!, graph.nodes[use.anchor]!),
    )
  const candidates = new Set(use.sources.flatMap(source => of.get(source.position) ?? []))
  if (use.kind === 'loops') for (const cluster of candidates) if (accepts(cluster, use, of)) return cluster
  if (use.columns === undefined) return undefined
  const { shape, axes } = use.columns
  const reads = new Set(use.sources.map(source => source.position))
  for (const cluster of clusters) {
    const same =
      cluster.columns !== undefined &&
      cluster.columns.axes.join() === axes.join() &&
      cluster.columns.shape.join() === shape.join()
    if (
      same &&
      !candidates.has(cluster) &&
      cluster.anchors.length < columnLimit &&
      sharesReads(cluster, reads) &&
      !isBehind(cluster, use, of)
    )
      return cluster
  }
  return undefined
}

/** Whether most of what an anchor reads is read already. */
const sharesReads = (cluster: Cluster, reads: ReadonlySet<number>): boolean =>
  [...reads].filter(read => cluster.reads.has(read)).length * 2 > reads.size

/** Whether an anchor can be computed in a cluster that holds some of its sources. */
function accepts(cluster: Cluster, use: Use, of: ReadonlyMap<number, Cluster>): boolean {
  if (cluster.kind === 'single' || cluster.anchors.length >= anchorLimit) return false
  const inside = use.sources.filter(source => of.get(source.position) === cluster)
  const perRow =
    cluster.kind === 'loops' && cluster.inner > 1 && use.inner === 1 && use.size * cluster.inner === cluster.size
  if (!perRow && use.size !== cluster.size) return false
  if (use.inner > 1 && !acceptsRows(cluster, use)) return false
  if (!fitsLoops(cluster, use, perRow)) return false
  const inner = use.inner > 1 ? use.inner : cluster.inner
  const fits = inside.every(
    source =>
      !source.inMemory &&
      !cluster.scattered.has(source.position) &&
      (isIdentity(source.seen, use.size)
        ? perRow === isPerRow(cluster, source) || cluster.inner === 1
        : !perRow && inner > 1 && isPerRow(cluster, source) && isRowwise(source.seen, inner)),
  )
  return fits && !isBehind(cluster, use, of)
}

/** Whether a source of a reducing cluster has one element a row. */
const isPerRow = (cluster: Cluster, source: Source): boolean =>
  cluster.inner > 1 && sizeOf(source.layout.shape) * cluster.inner === cluster.size

const acceptsRows = (cluster: Cluster, use: Use): boolean =>
  cluster.kind === 'loops' &&
  (cluster.inner === 1 || cluster.inner === use.inner) &&
  !(use.size / use.inner < fewRows && use.inner >= longRow)

/** Whether common loops exist. Cuts across a bounded load are not possible. */
function fitsLoops(cluster: Cluster, use: Use, perRow: boolean): boolean {
  const cuts = perRow ? use.cuts.map(cut => cut * cluster.inner) : use.cuts
  const added = cuts.filter(cut => !cluster.cuts.has(cut))
  if (cluster.kind !== 'loops') {
    const shape = loopsOf(cluster.cuts)!
    const fits = (layout: Layout): boolean => applyStep(layout, { op: 'reshape', attributes: { shape } }) !== undefined
    return (
      use.inner === 1 &&
      fits(use.stored) &&
      use.sources.every(source => (source.path === undefined && source.inMemory) || fits(source.seen)) &&
      !use.bounded
    )
  }
  if (
    (cluster.bounded && added.length > 0) ||
    (use.bounded && (perRow || [...cluster.cuts].some(cut => !use.cuts.includes(cut))))
  )
    return false
  return loopsOf(new Set([...cluster.cuts, ...cuts])) !== undefined
}

/** Whether something that the anchor needs from elsewhere needs the cluster itself. */
function isBehind(cluster: Cluster, use: Use, of: ReadonlyMap<number, Cluster>): boolean {
  const others = use.sources.flatMap(source => of.get(source.position) ?? []).filter(other => other !== cluster)
  return reaches(others, cluster)
}

/** Whether any of the clusters is, or needs, the target. */
function reaches(from: Iterable<Cluster>, target: Cluster): boolean {
  const seen = new Set<Cluster>(from)
  for (const cluster of seen) {
    if (cluster === target) return true
    for (const need of cluster.needs) seen.add(need)
  }
  return false
}

/** Whether one kernel computes both nodes: they are the same but for the part that they name. */
function isOtherPart(a: LinearNode, b: LinearNode): boolean {
  const common = ({ op, inputs, attributes }: LinearNode): string =>
    `${op} ${inputs.join()} ${textOf({ ...attributes, part: '' })}`
  return 'part' in a.attributes && 'part' in b.attributes && common(a) === common(b)
}

function start(use: Use, clusters: Set<Cluster>): Cluster {
  const cluster: Cluster = {
    kind: use.kind,
    anchors: [],
    size: use.size,
    inner: use.inner,
    cuts: new Set(use.cuts),
    bounded: false,
    columns: use.columns,
    needs: new Set(),
    reads: new Set(),
    scattered: new Set(),
  }
  clusters.add(cluster)
  return cluster
}

function join(cluster: Cluster, use: Use, of: Map<number, Cluster>): void {
  const perRow = cluster.kind === 'loops' && use.size !== cluster.size
  cluster.anchors.push(use.anchor)
  of.set(use.anchor, cluster)
  if (use.inner > 1) cluster.inner = use.inner
  if (cluster.kind === 'loops') for (const cut of use.cuts) cluster.cuts.add(perRow ? cut * cluster.inner : cut)
  cluster.bounded ||= use.bounded
  if (use.scattered) cluster.scattered.add(use.anchor)
  for (const source of use.sources) {
    cluster.reads.add(source.position)
    const other = of.get(source.position)
    if (other !== undefined && other !== cluster) cluster.needs.add(other)
  }
}

/** Takes over other clusters that the anchor uses element by element, so that their values need not go through memory. */
function absorb(
  home: Cluster,
  use: Use,
  before: ReadonlySet<Cluster>,
  of: Map<number, Cluster>,
  clusters: Set<Cluster>,
): void {
  for (const source of use.sources) {
    const other = of.get(source.position)
    if (other === undefined || other === home || before.has(other) || !canAbsorb(home, other, use, of)) continue
    home.anchors.push(...other.anchors)
    home.anchors.sort((a, b) => a - b)
    for (const anchor of other.anchors) of.set(anchor, home)
    for (const cut of other.cuts) home.cuts.add(cut)
    for (const need of other.needs) home.needs.add(need)
    for (const read of other.reads) home.reads.add(read)
    for (const anchor of other.scattered) home.scattered.add(anchor)
    home.inner = Math.max(home.inner, other.inner)
    home.bounded ||= other.bounded
    clusters.delete(other)
    for (const cluster of clusters) if (cluster.needs.delete(other)) cluster.needs.add(home)
    home.needs.delete(home)
    home.needs.delete(other)
  }
}

function canAbsorb(home: Cluster, other: Cluster, use: Use, of: ReadonlyMap<number, Cluster>): boolean {
  if (home.kind !== 'loops' || other.kind !== 'loops' || home.size !== other.size || home.bounded || other.bounded)
    return false
  if (home.inner > 1 && other.inner > 1 && home.inner !== other.inner) return false
  if (home.anchors.length + other.anchors.length > anchorLimit) return false
  if (loopsOf(new Set([...home.cuts, ...other.cuts])) === undefined) return false
  // The two may meet only element by element: in this anchor, whose uses of both are checked here.
  const between = use.sources.filter(source => of.get(source.position) === other)
  const inner = Math.max(home.inner, other.inner)
  const meets = (source: Use['sources'][number]): boolean =>
    isPerRow(other, source)
      ? home.inner <= other.inner && isRowwise(source.seen, inner)
      : sizeOf(source.layout.shape) === home.size && isIdentity(source.seen, use.size)
  if (
    use.size !== home.size ||
    !between.every(source => !source.inMemory && !other.scattered.has(source.position) && meets(source))
  )
    return false
  const apart = (a: Cluster, b: Cluster): boolean =>
    !reaches(
      [...a.needs].filter(need => need !== b),
      b,
    )
  return apart(home, other) && apart(other, home) && !other.needs.has(home)
}
