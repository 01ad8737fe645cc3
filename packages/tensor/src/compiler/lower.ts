import { isLinear } from '../graph/linear.ts'
import { sizeOf, type Shape } from '../shape.ts'
import { type Analysis, roleOf, storedLayout } from './anchors.ts'
import { lowerAttention } from './lowerAttention.ts'
import { type Builder, createBuilder, mapOf, type Touch } from './builder.ts'
import { type Cluster, spaceOf } from './clusters.ts'
import { coalesce } from './coalesce.ts'
import type { IndexMap, Kernel, LoopKernel, RowReduction, Store } from './kernel.ts'
import type { Destinations, Lowered } from './lowered.ts'
import { follow, loopsOf, type Path } from './path.ts'
import type { Layout } from './layout.ts'

export const lower = (analysis: Analysis, cluster: Cluster, destinations: Destinations): Lowered =>
  lowerings[cluster.kind](analysis, cluster, destinations)

const lowerings: Record<
  Cluster['kind'],
  (analysis: Analysis, cluster: Cluster, destinations: Destinations) => Lowered
> = {
  loops: lowerLoops,
  columns: lowerLoops,
  matmul: lowerMatmul,
  single: lowerSingle,
}

/** The loops of a cluster: sizes outside and inside of a row, and the path from a reduced value to them. */
interface Loops {
  readonly outer: readonly number[]
  readonly inner: readonly number[]
  readonly lanes: LoopKernel['lanes']
  readonly rootOf: (shape: Shape) => Path | undefined
}

function loopsFor({ paths }: Analysis, cluster: Cluster): Loops {
  if (cluster.columns !== undefined) return columnLoops(paths, cluster.columns)
  const sizes = loopsOf(cluster.cuts)!
  let left = cluster.inner
  let split = sizes.length
  while (left > 1) left /= sizes[--split]!
  const [outer, inner] = [sizes.slice(0, split), sizes.slice(split)]
  const rows = sizeOf(outer)
  const rootOf = (shape: Shape): Path | undefined => {
    const full = sizeOf(shape) === cluster.size
    if (full)
      return sameSizes(shape, sizes)
        ? undefined
        : paths.extend(undefined, { op: 'reshape', attributes: { shape: sizes } }, -1)
    if (sizeOf(shape) !== rows)
      throw new Error(`a value of ${sizeOf(shape)} elements has no place in ${rows} rows of ${cluster.inner}`)
    const expanded = paths.extend(undefined, { op: 'expand', attributes: { shape: sizes } }, -1)
    return paths.extend(expanded, { op: 'reshape', attributes: { shape: [...outer, ...inner.map(() => 1)] } }, -1)
  }
  return { outer, inner, lanes: 'inner', rootOf }
}

/** Loops over the kept axes, then the reduced ones; lanes are columns if the last axis is kept. */
function columnLoops(paths: Analysis['paths'], { shape, axes }: NonNullable<Cluster['columns']>): Loops {
  const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]))
  const [outer, inner] = [kept.map(axis => shape[axis]!), axes.map(axis => shape[axis]!)]
  const permuted = paths.extend(undefined, { op: 'permute', attributes: { axes: [...kept, ...axes] } }, -1)
  const lastWide = shape.findLastIndex(n => n > 1)
  const rootOf = (of: Shape): Path | undefined => {
    if (sameSizes(of, shape)) return permuted
    const expanded = paths.extend(undefined, { op: 'expand', attributes: { shape: [...outer, ...inner] } }, -1)
    return paths.extend(expanded, { op: 'reshape', attributes: { shape: [...outer, ...inner.map(() => 1)] } }, -1)
  }
  return { outer, inner, lanes: kept.includes(lastWide) ? 'outer' : 'inner', rootOf }
}

const sameSizes = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i])

/** Anchors in order, each evaluated once; a reduction's input belongs to the stage that its own reductions allow. */
function lowerLoops(analysis: Analysis, cluster: Cluster, destinations: Destinations): Lowered {
  const { graph } = analysis
  const loops = loopsFor(analysis, cluster)
  const members = new Map(cluster.anchors.map(at => [at, rootPath(analysis, at, loops.rootOf)]))
  let computing = -1
  const builder = createBuilder(analysis, members, at => at === computing)
  const levels = createLevels(builder)
  const reductions: { readonly level: number; readonly reduction: RowReduction; readonly order: number }[] = []
  const stores: { readonly level: number; readonly store: Store }[] = []
  for (const at of cluster.anchors) {
    computing = at
    const node = graph.nodes[at]!
    const root = members.get(at)
    let value: number
    if (roleOf(node.op) === 'reduction') {
      const input = builder.evaluate(node.inputs[0]!, loops.rootOf(graph.nodes[node.inputs[0]!]!.shape))
      const order =
        reductions.push({
          level: levels(input),
          reduction: { op: node.op as RowReduction['op'], input },
          order: reductions.length,
        }) - 1
      value = builder.define(at, { op: 'reduced', type: builder.typeOf(node), reduction: order })
      levels.set(value, levels(input) + 1)
    } else {
      value = builder.evaluate(at, root)
      builder.equate(at, value)
    }
    const perRow = loops.inner.length > 0 && sizeOf(graph.nodes[at]!.shape) !== sizeOf([...loops.outer, ...loops.inner])
    const home = analysis.homeOf(at)
    const layout = rootLayout(home.layout, root)
    for (let copy = 0; copy < destinations(at); copy++)
      stores.push({
        level: Math.max(0, levels(value) - (perRow ? 1 : 0)),
        store: builder.storing(home.position, copy, value, layout, perRow),
      })
  }
  return { kernel: coalesce(assemble(builder, loops, reductions, stores)), touches: builder.touches }
}

/** The views from an anchor to the loops: to those of its space, in the order in which the loops run. */
function rootPath(analysis: Analysis, anchor: number, rootOf: (shape: Shape) => Path | undefined): Path | undefined {
  const { shape, root } = spaceOf(analysis, anchor)
  return root === undefined ? rootOf(shape) : analysis.paths.extend(rootOf(shape), root.step, -1)
}

function rootLayout(stored: Layout, root: Path | undefined): Layout {
  const result = follow(stored, root)
  if ('fails' in result) throw new Error('a result does not fit its loops')
  return result.layout
}

/** How many passes over a row a value needs before it can be computed. */
function createLevels(builder: Builder): ((value: number) => number) & { set: (value: number, level: number) => void } {
  const known = new Map<number, number>()
  const level = (at: number): number => {
    const found = known.get(at)
    if (found !== undefined) return found
    const value = builder.values[at]!
    const inputs = 'inputs' in value ? value.inputs : value.op === 'gather' ? [value.index] : []
    const result = Math.max(0, ...inputs.map(level))
    known.set(at, result)
    return result
  }
  return Object.assign(level, { set: (at: number, to: number) => void known.set(at, to) })
}

/** Numbers reductions stage by stage, as `reduced` values name them. */
function assemble(
  builder: Builder,
  loops: Loops,
  reductions: readonly { level: number; reduction: RowReduction; order: number }[],
  stores: readonly { level: number; store: Store }[],
): LoopKernel {
  const sorted = reductions.toSorted((a, b) => a.level - b.level || a.order - b.order)
  const numberOf = new Map(sorted.map(({ order }, at) => [order, at]))
  const values = builder.values.map(value =>
    value.op === 'reduced' ? { ...value, reduction: numberOf.get(value.reduction)! } : value,
  )
  const count = 1 + Math.max(0, ...reductions.map(r => r.level), ...stores.map(s => s.level))
  const stages = Array.from({ length: count }, (_, level) => ({
    reductions: sorted.filter(r => r.level === level).map(r => r.reduction),
    stores: stores.filter(s => s.level === level).map(s => s.store),
  }))
  return {
    kind: 'loops',
    operands: builder.operands,
    outer: loops.outer,
    inner: loops.inner,
    lanes: loops.lanes,
    values,
    stages,
  }
}

function lowerMatmul(analysis: Analysis, cluster: Cluster, destinations: Destinations): Lowered {
  const { graph, paths, isAnchor } = analysis
  const product = cluster.anchors[0]!
  const node = graph.nodes[product]!
  const { shape } = node
  const rootOf = (of: Shape): Path | undefined =>
    sameSizes(of, shape) ? undefined : paths.extend(undefined, { op: 'reshape', attributes: { shape } }, -1)
  const members = new Map(cluster.anchors.map(at => [at, rootPath(analysis, at, rootOf)]))
  let computing = -1
  const builder = createBuilder(analysis, members, at => at === computing)
  const [a, b] = node.inputs.map(input => storedLayout(graph, paths, isAnchor, input)) as [
    { layout: Layout; position: number },
    { layout: Layout; position: number },
  ]
  const sides = [a, b].map(side => ({ operand: builder.reading(side.position), map: mapOf(side.layout) })) as [
    { operand: number; map: ReturnType<typeof mapOf> },
    { operand: number; map: ReturnType<typeof mapOf> },
  ]
  builder.define(product, { op: 'product', type: 'f32' })
  const stores: Store[] = []
  for (const at of cluster.anchors) {
    computing = at
    const root = members.get(at)
    const value = builder.evaluate(at, root)
    builder.equate(at, value)
    const home = analysis.homeOf(at)
    for (let copy = 0; copy < destinations(at); copy++)
      stores.push(builder.storing(home.position, copy, value, rootLayout(home.layout, root), false))
  }
  const [m, n] = shape.slice(-2) as [number, number]
  const kernel: Kernel = {
    kind: 'matmul',
    operands: builder.operands,
    batch: shape.slice(0, -2),
    m,
    n,
    k: a.layout.shape.at(-1)!,
    a: sides[0],
    b: sides[1],
    values: builder.values,
    stores,
  }
  return { kernel: coalesce(kernel), touches: builder.touches }
}

/** scatterAdd, sliceScatter, cumsum and argsort: a kernel each; attention with its parts. */
function lowerSingle(analysis: Analysis, cluster: Cluster, destinations: Destinations): Lowered {
  const { graph, paths, isAnchor } = analysis
  const at = cluster.anchors[0]!
  const node = graph.nodes[at]!
  if (isLinear(node, 'attention') || isLinear(node, 'attentionGradient'))
    return lowerAttention(analysis, cluster, destinations)
  const inputs = node.inputs.map(input => storedLayout(graph, paths, isAnchor, input))
  const operands = [
    ...inputs.map(({ position }) => ({ dtype: graph.nodes[position]!.dtype, written: false })),
    { dtype: node.dtype, written: true },
  ]
  const touches: Touch[] = [...inputs.map(({ position }) => ({ read: position })), { write: at, copy: 0 }]
  const maps = inputs.map(({ layout }) => mapOf(layout))
  if (isLinear(node, 'scatterAdd'))
    return {
      touches,
      kernel: {
        kind: 'scatterAdd',
        operands,
        axis: node.attributes.axis,
        outShape: node.shape,
        sourceShape: graph.nodes[node.inputs[2]!]!.shape,
        base: maps[0]!,
        index: maps[1]!,
        source: maps[2]!,
      },
    }
  if (isLinear(node, 'sliceScatter')) {
    const [, source, start] = maps as [IndexMap, IndexMap, IndexMap]
    const sourceShape = graph.nodes[node.inputs[1]!]!.shape
    const { axis } = node.attributes
    return {
      touches,
      kernel: { kind: 'sliceScatter', operands, axis, outShape: node.shape, sourceShape, source, start },
    }
  }
  if (isLinear(node, 'cumsum'))
    return { touches, kernel: { kind: 'cumsum', operands, shape: node.shape, axis: node.attributes.axis, x: maps[0]! } }
  if (isLinear(node, 'argsort'))
    return {
      touches,
      kernel: {
        kind: 'argsort',
        operands,
        shape: node.shape,
        axis: node.attributes.axis,
        descending: node.attributes.descending,
        x: maps[0]!,
      },
    }
  throw new Error(`${node.op} is no kernel of its own`)
}
