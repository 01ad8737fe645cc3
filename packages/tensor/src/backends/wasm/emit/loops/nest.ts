import type { IndexMap, LoopKernel, Operand, Value } from '../../../../compiler/kernel.ts'

/** A store whose map runs over all loops of the nest; those within a row do not matter to one that is made once a row. */
export type NestStore = LoopKernel['stages'][number]['stores'][number]

/** A loop kernel in normal form: as few loops as its maps allow, and no bound that always holds. */
export interface Nest {
  readonly operands: readonly Operand[]
  /** Sizes of all loops, outermost first; the first `rowLoops` of them are over rows. */
  readonly sizes: readonly number[]
  readonly rowLoops: number
  /** The loop over SIMD lanes: the last of all, or the last over rows. */
  readonly lanesLoop: number
  readonly values: readonly Value[]
  readonly stages: LoopKernel['stages']
}

/** The loops of a nest while it is brought into normal form: sizes and maps change together. */
interface Loops {
  readonly sizes: readonly number[]
  readonly inRow: readonly boolean[]
  readonly lanes: number
  readonly maps: readonly IndexMap[]
}

/** A kernel that computes each element by itself: all its loops but one are made loops over rows in the end. */
const isElementwise = ({ stages, inner }: LoopKernel): boolean =>
  stages.every(
    ({ reductions, stores }) => reductions.length === 0 && (inner.length === 0 || stores.every(store => !store.perRow)),
  )

export function nestOf(kernel: LoopKernel): Nest {
  const { values, operands } = kernel
  const elementwise = isElementwise(kernel)
  const stages = elementwise
    ? [
        {
          reductions: [],
          stores: kernel.stages.flatMap(stage => stage.stores.map(store => ({ ...store, perRow: false }))),
        },
      ]
    : kernel.stages
  const stores = stages.flatMap(stage => stage.stores)
  const located = values.filter(value => 'map' in value)
  const given = loopsOf(kernel, elementwise, [
    ...located.map(value => value.map),
    ...stores.map(store => mapOf(store, kernel)),
  ])
  const { sizes, inRow, lanes, maps } = mergeNeighbours(dropSingles(dropBounds(given)))
  const mapFor = new Map<object, IndexMap>([...located, ...stores].map((owner, i) => [owner, maps[i]!]))
  const withMap = <T extends object>(owner: T): T => (mapFor.has(owner) ? { ...owner, map: mapFor.get(owner) } : owner)
  return {
    operands,
    sizes,
    rowLoops: elementwise ? sizes.length - 1 : inRow.filter(inside => !inside).length,
    lanesLoop: lanes,
    values: values.map(withMap),
    stages: stages.map(stage => ({ ...stage, stores: stage.stores.map(withMap) })),
  }
}

/** The map of a store; one that is made once a row stays where it is within the row. */
const mapOf = ({ map, perRow }: NestStore, { outer }: LoopKernel): IndexMap =>
  perRow ? { ...map, strides: map.strides.map((stride, loop) => (loop < outer.length ? stride : 0)) } : map

/** The kernel's loops, at least one within a row. Those of an elementwise kernel are all alike, that of the lanes last. */
function loopsOf({ outer, inner, lanes }: LoopKernel, elementwise: boolean, maps: readonly IndexMap[]): Loops {
  const sizes = [...outer, ...inner]
  const inRow = sizes.map((_, loop) => loop >= outer.length)
  const columns = lanes === 'outer' && outer.length > 0
  const wanted = columns ? outer.length - 1 : sizes.length - 1
  if (!elementwise && inner.length === 0) return append({ sizes, inRow, lanes: wanted, maps })
  if (!elementwise) return { sizes, inRow, lanes: wanted, maps }
  if (sizes.length === 0) return append({ sizes, inRow, lanes: 0, maps })
  const order = [...sizes.keys()].filter(loop => loop !== wanted).concat(wanted)
  const moved = { sizes: order.map(loop => sizes[loop]!), maps: maps.map(map => reorder(map, order)) }
  return { ...moved, inRow: order.map(() => true), lanes: order.length - 1 }
}

/** One more loop, of size 1, within the row. */
const append = ({ sizes, inRow, maps }: Loops): Loops => ({
  sizes: [...sizes, 1],
  inRow: [...inRow, true],
  lanes: sizes.length,
  maps: maps.map(map => ({ ...map, strides: [...map.strides, 0] })),
})

const reorder = (map: IndexMap, order: readonly number[]): IndexMap => ({
  ...map,
  strides: order.map(loop => map.strides[loop]!),
  bounds: map.bounds.map(bound => ({ ...bound, loop: order.indexOf(bound.loop) })),
})

const dropBounds = (loops: Loops): Loops => ({
  ...loops,
  maps: loops.maps.map(map => ({
    ...map,
    bounds: map.bounds
      .map(({ loop, start, stop }) => ({
        loop,
        start: Math.max(start, 0),
        stop: Math.max(Math.min(stop, loops.sizes[loop]!), start, 0),
      }))
      .filter(({ loop, start, stop }) => start > 0 || stop < loops.sizes[loop]!),
  })),
})

const isBounded = ({ maps }: Loops, loop: number): boolean =>
  maps.some(map => map.bounds.some(bound => bound.loop === loop))

/** Loops of one turn go, but for that of the lanes and the last one within the row. */
function dropSingles(loops: Loops): Loops {
  const keeps = (rest: Loops, loop: number): boolean =>
    rest.sizes[loop] !== 1 ||
    loop === rest.lanes ||
    isBounded(rest, loop) ||
    (rest.inRow[loop]! && rest.inRow.filter(Boolean).length === 1)
  return [...loops.sizes.keys()]
    .toReversed()
    .reduce((rest, loop) => (keeps(rest, loop) ? rest : without(rest, loop)), loops)
}

const without = ({ sizes, inRow, lanes, maps }: Loops, loop: number): Loops => ({
  sizes: sizes.toSpliced(loop, 1),
  inRow: inRow.toSpliced(loop, 1),
  lanes: lanes > loop ? lanes - 1 : lanes,
  maps: maps.map(map => ({
    ...map,
    strides: map.strides.toSpliced(loop, 1),
    bounds: map.bounds.map(bound => (bound.loop > loop ? { ...bound, loop: bound.loop - 1 } : bound)),
  })),
})

/** Two loops become one where every map steps from the end of the inner one to its next turn as within it. */
function mergeNeighbours(loops: Loops): Loops {
  for (let loop = loops.sizes.length - 2; loop >= 0; loop--) {
    if (!canMerge(loops, loop)) continue
    const size = loops.sizes[loop]! * loops.sizes[loop + 1]!
    const merged = without(loops, loop)
    return mergeNeighbours({ ...merged, sizes: merged.sizes.with(loop, size) })
  }
  return loops
}

function canMerge(loops: Loops, loop: number): boolean {
  const { sizes, inRow, maps } = loops
  if (inRow[loop] !== inRow[loop + 1] || isBounded(loops, loop) || isBounded(loops, loop + 1)) return false
  return maps.every(({ strides }) => strides[loop] === strides[loop + 1]! * sizes[loop + 1]!)
}
