import { i32, if_, local } from 'wasmati'
import type { Int } from '../code.ts'
import { computeAt, valueAt, type Evaluation } from '../values/evaluation.ts'
import { placeIn, pointerAt, prepare, type Access, type Place, type VectorAt } from '../values/place.ts'
import { storageOf, storeNeighbours } from '../values/storage.ts'
import { storeAt } from '../values/store.ts'
import { argmax } from './argmax.ts'
import type { Accumulator, Shape } from './accumulator.ts'
import { blocksOf, type Blocks } from './blocks.ts'
import { isColumns } from './dependence.ts'
import type { Nest, NestStore } from './nest.ts'
import { compensatedSum, largest, plainReduction } from './reduction.ts'
import { atMost, repeat, repeatInBlocks } from './repeat.ts'
import type { Stage } from './stages.ts'

/** What the code of a row is written from. */
export interface RowContext {
  readonly nest: Nest
  readonly evaluation: Evaluation
  readonly stages: readonly Stage[]
  readonly stores: ReadonlyMap<NestStore, Access>
  /** Slots of the row's scratch. */
  readonly slots: readonly Access[]
  /** The flattened position within a row. */
  readonly position: Access
  /** Vectors that a stage handles at once. */
  readonly vectors: (stage: Stage) => number
  /** Where the lanes loop of a long row is split over units: this unit's first element, and elements a unit. */
  readonly part: { readonly start: Int; readonly size: number } | undefined
}

/** One pass: the stage, what it accumulates, and where it flushes sums. */
interface Pass {
  readonly context: RowContext
  readonly stage: Stage
  readonly accumulators: readonly Accumulator[]
  readonly blocks: Blocks | undefined
}

const noneKept = new Map<number, Access>()

/** Addresses that a stage needs besides those of its values. */
const accessesOf = ({ stores, slots, position }: RowContext, stage: Stage): Access[] => [
  ...[...stage.stores, ...stage.rowStores].map(store => stores.get(store)!),
  ...[...stage.leaves.values()].map(slot => slots[slot]!),
  ...(stage.reductions.some(({ op }) => op === 'argmax') ? [position] : []),
]

const keptBy = ({ slots }: RowContext, { finds }: Stage): Map<number, Access> =>
  new Map([...finds].map(([value, slot]) => [value, slots[slot]!]))

/** Computes what a stage needs of a place: values that belong there, and addresses. */
function enter(context: RowContext, stage: Stage, place: Place): void {
  computeAt(context.evaluation, place, stage.needs, keptBy(context, stage))
  for (const access of accessesOf(context, stage)) prepare(context.evaluation.code, place, access)
}

/** What depends on no loop. */
export function enterCall(context: RowContext, call: Place): void {
  for (const stage of context.stages) {
    enter(context, stage, call)
    computeAt(context.evaluation, call, stage.rowNeeds, noneKept)
  }
}

/** All stages of the row (or of the rows that lie in the lanes) at a place. */
export function emitRow(context: RowContext, row: Place): void {
  for (const stage of context.stages) emitStage(context, stage, row)
}

function emitStage(context: RowContext, stage: Stage, row: Place): void {
  const { nest, evaluation, stores } = context
  const { code } = evaluation
  const columns = isColumns(nest)
  const vectors = columns ? row.vectors.length : context.vectors(stage)
  const blocks = blocksOf(nest, vectors)
  const accumulators = stage.reductions.map(reduction =>
    accumulatorOf(context, reduction, { vectors, columns }, blocks),
  )
  enter(context, stage, row)
  accumulators.forEach(({ start }) => start())
  const isEmpty = nest.sizes.slice(nest.rowLoops).includes(0)
  if (!isEmpty && stage.reductions.length + stage.stores.length + stage.leaves.size > 0)
    code.region(() => walk({ context, stage, accumulators, blocks }, row, nest.rowLoops))
  stage.reductions.forEach(({ number }, i) => evaluation.results.set(number, accumulators[i]!.finish()))
  computeAt(evaluation, row, stage.rowNeeds, noneKept)
  for (const store of stage.rowStores) storeAt(code, row, stores.get(store)!, storageFor(context, store), store.value)
}

const storageFor = ({ nest }: RowContext, { operand }: NestStore): ReturnType<typeof storageOf> =>
  storageOf(nest.operands[operand]!.dtype)

function accumulatorOf(
  { nest, evaluation: { code }, position }: RowContext,
  { op, input }: Stage['reductions'][number],
  shape: Shape,
  blocks: Blocks | undefined,
): Accumulator {
  const { type } = nest.values[input]!
  if (op === 'argmax') return argmax(code, type, shape, position)
  if (op === 'sum' && type === 'f32' && blocks !== undefined) return compensatedSum(code, shape)
  if (op === 'reduceMax' && type === 'f32') return largest(code, shape)
  return plainReduction(code, op, type, shape)
}

/** The loops within the row, from one of them inwards. */
function walk(pass: Pass, place: Place, loop: number): void {
  const {
    context: {
      nest,
      evaluation: { code },
    },
    stage,
  } = pass
  if (loop === nest.sizes.length) return emitBody(pass, place)
  if (loop === nest.lanesLoop) return walkLanes(pass, place)
  const index = code.keepInt(0)
  turns(pass, index, loop, nest.sizes[loop]!, 1, () =>
    code.region(() => {
      const inner = placeIn(place, new Map([[loop, index]]), place.vectors)
      if (loop < nest.sizes.length - 1) enter(pass.context, stage, inner)
      walk(pass, inner, loop + 1)
    }),
  )
}

/** The turns of a loop, with flushes where they belong. */
function turns(
  { context, accumulators, blocks }: Pass,
  index: Int,
  loop: number,
  to: number,
  step: number,
  body: () => void,
): void {
  if (blocks?.loop !== loop) return repeat(index, to, step, body)
  const flush = (): void => accumulators.forEach(accumulator => accumulator.flush())
  repeatInBlocks(context.evaluation.code, index, to, step, blocks.turns, body, flush)
}

/** The loop over lanes: several vectors a turn, and what is left of them once. */
function walkLanes(pass: Pass, place: Place): void {
  const {
    context: {
      nest,
      evaluation: { code },
      part,
      vectors: vectorsOf,
    },
    stage,
  } = pass
  const size = nest.sizes[nest.lanesLoop]!
  const vectors = vectorsOf(stage)
  const step = 4 * vectors
  const whole = size - (size % step)
  const index = part === undefined ? code.keepInt(0) : code.keepInt(part.start)
  const emitAt = (handled: readonly VectorAt[]): void =>
    code.region(() => emitBody(pass, placeIn(place, new Map([[nest.lanesLoop, index]]), handled)))
  const turn = (): void => emitAt(vectorsFor(step))
  if (part === undefined) {
    if (whole > 0) turns(pass, index, nest.lanesLoop, whole, step, turn)
    if (whole < size) emitAt(vectorsFor(size - whole))
    return
  }
  const stop = code.keepInt(i32.add(part.start, part.size))
  atMost(stop, whole)
  i32.lt_u(index, stop)
  if_(null, () => repeat(index, stop, step, turn))
  if (whole === size) return
  i32.ge_u(i32.add(part.start, part.size), size)
  if_(null, () => {
    local.set(index, whole)
    emitAt(vectorsFor(size - whole))
  })
}

/** The vectors of so many elements. */
export const vectorsFor = (elements: number): VectorAt[] =>
  Array.from({ length: Math.ceil(elements / 4) }, (_, i) => ({ shift: 4 * i, lanes: Math.min(4, elements - 4 * i) }))

/** What a pass does at one place of the innermost loop. */
function emitBody({ context, stage, accumulators }: Pass, place: Place): void {
  const {
    evaluation: { code },
    slots,
    stores,
  } = context
  enter(context, stage, place)
  stage.reductions.forEach(({ input }, r) =>
    place.vectors.forEach((vector, i) =>
      code.region(() => accumulators[r]!.add(place, valueAt(place, input, i), vector, i)),
    ),
  )
  for (const [value, slot] of stage.leaves) leave(context, place, slots[slot]!, value)
  for (const store of stage.stores) storeAt(code, place, stores.get(store)!, storageFor(context, store), store.value)
}

/** Leaves all lanes in the row's scratch, where there is room for whole vectors. */
function leave({ evaluation: { code } }: RowContext, place: Place, slot: Access, value: number): void {
  place.vectors.forEach(({ shift }, i) =>
    code.region(() =>
      storeNeighbours(code, storageOf('f32'), pointerAt(place, slot), 4 * shift, valueAt(place, value, i), 4),
    ),
  )
}
