import type { IndexMap, LoopKernel, MatmulKernel, Store, Value } from './kernel.ts'

/** Two neighbouring loops as one, or a loop of one iteration left out. */
interface Step {
  readonly kind: 'merge' | 'drop'
  readonly loop: number
  /** Size of the inner one of two merged loops. */
  readonly size: number
}

const hasMap = (value: Value): value is Value & { readonly map: IndexMap } => 'map' in value

const mapsOf = (values: readonly Value[], stores: readonly Store[]): IndexMap[] => [
  ...values.flatMap(value => (hasMap(value) ? [value.map] : [])),
  ...stores.map(store => store.map),
]

const isFree = (maps: readonly IndexMap[], loop: number): boolean =>
  maps.every(map => map.bounds.every(bound => bound.loop !== loop))

const canMerge = (maps: readonly IndexMap[], loop: number, size: number): boolean =>
  isFree(maps, loop) && isFree(maps, loop + 1) && maps.every(map => map.strides[loop] === map.strides[loop + 1]! * size)

/** A map after a step: the loop's own stride goes, as the inner one (or none) does its work. */
const moved = (map: IndexMap, { loop }: Step): IndexMap => ({
  ...map,
  strides: map.strides.toSpliced(loop, 1),
  bounds: map.bounds.map(bound => (bound.loop > loop ? { ...bound, loop: bound.loop - 1 } : bound)),
})

const movedValues = (values: readonly Value[], step: Step): Value[] =>
  values.map(value => (hasMap(value) ? { ...value, map: moved(value.map, step) } : value))
const movedStores = (stores: readonly Store[], step: Step): Store[] =>
  stores.map(store => ({ ...store, map: moved(store.map, step) }))
const movedSizes = (sizes: readonly number[], loop: number, step: Step): number[] =>
  step.kind === 'drop' ? sizes.toSpliced(loop, 1) : sizes.toSpliced(loop, 2, sizes[loop]! * step.size)

/** Fewer, longer loops over the same positions. */
export const coalesce = <K extends LoopKernel | MatmulKernel>(kernel: K): K =>
  (kernel.kind === 'loops' ? coalesceLoops(kernel) : coalesceMatmul(kernel)) as K

function coalesceLoops(kernel: LoopKernel): LoopKernel {
  let at: LoopKernel = kernel
  for (let step = nextStep(at); step !== undefined; step = nextStep(at)) at = stepLoops(at, step)
  const reduces = at.stages.some(stage => stage.reductions.length > 0)
  if (reduces || at.inner.length > 0 || at.outer.length === 0) return at
  return { ...at, outer: at.outer.slice(0, -1), inner: at.outer.slice(-1) }
}

function nextStep(kernel: LoopKernel): Step | undefined {
  const sizes = [...kernel.outer, ...kernel.inner]
  const maps = mapsOf(
    kernel.values,
    kernel.stages.flatMap(stage => stage.stores),
  )
  for (let loop = 0; loop < sizes.length; loop++) {
    const keepsLanes = kernel.lanes === 'outer' && loop === kernel.outer.length - 1
    if (sizes[loop] === 1 && isFree(maps, loop) && !keepsLanes) return { kind: 'drop', loop, size: 1 }
    const together = loop + 1 < sizes.length && loop < kernel.outer.length === loop + 1 < kernel.outer.length
    if (together && canMerge(maps, loop, sizes[loop + 1]!)) return { kind: 'merge', loop, size: sizes[loop + 1]! }
  }
  return undefined
}

function stepLoops(kernel: LoopKernel, step: Step): LoopKernel {
  const isOuter = step.loop < kernel.outer.length
  return {
    ...kernel,
    outer: isOuter ? movedSizes(kernel.outer, step.loop, step) : kernel.outer,
    inner: isOuter ? kernel.inner : movedSizes(kernel.inner, step.loop - kernel.outer.length, step),
    values: movedValues(kernel.values, step),
    stages: kernel.stages.map(stage => ({ ...stage, stores: movedStores(stage.stores, step) })),
  }
}

/** Batch loops become one where they can, and rows of one matrix where the right side is the same for all. */
function coalesceMatmul(kernel: MatmulKernel): MatmulKernel {
  let at = kernel
  for (let step = nextBatchStep(at); step !== undefined; step = nextBatchStep(at)) at = stepMatmul(at, step)
  return at
}

function nextBatchStep(kernel: MatmulKernel): Step | undefined {
  const { batch, m } = kernel
  const epilogue = mapsOf(kernel.values, kernel.stores)
  const all = [...epilogue, kernel.a.map, kernel.b.map]
  for (let loop = 0; loop < batch.length; loop++) {
    if (batch[loop] === 1) return { kind: 'drop', loop, size: 1 }
    if (loop + 1 < batch.length && canMerge(all, loop, batch[loop + 1]!))
      return { kind: 'merge', loop, size: batch[loop + 1]! }
  }
  const last = batch.length - 1
  const intoRows = last >= 0 && kernel.b.map.strides[last] === 0 && canMerge([...epilogue, kernel.a.map], last, m)
  return intoRows ? { kind: 'merge', loop: last, size: m } : undefined
}

function stepMatmul(kernel: MatmulKernel, step: Step): MatmulKernel {
  const last = kernel.batch.length - 1
  const intoRows = step.kind === 'merge' && step.loop === last
  return {
    ...kernel,
    batch: intoRows ? kernel.batch.slice(0, -1) : movedSizes(kernel.batch, step.loop, step),
    m: intoRows ? kernel.m * kernel.batch[last]! : kernel.m,
    a: { ...kernel.a, map: moved(kernel.a.map, step) },
    b: { ...kernel.b, map: moved(kernel.b.map, step) },
    values: movedValues(kernel.values, step),
    stores: movedStores(kernel.stores, step),
  }
}
