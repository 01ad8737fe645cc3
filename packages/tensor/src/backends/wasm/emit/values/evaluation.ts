import { i32, i32x4, local, v128 } from 'wasmati'
import type { Operand, Value, ValueType } from '../../../../compiler/kernel.ts'
import { isUnary } from '../../../../graph/primitives.ts'
import type { Code, OnStack, Vector } from '../code.ts'
import { threefry } from '../math/threefry.ts'
import { casts } from './casts.ts'
import { gatherVector } from './gather.ts'
import { loadVector } from './load.ts'
import { binaryRules, swappable, unaryRules } from './operations.ts'
import { maskAt, pointerAt, prepare, type Access, type Place, type VectorAt } from './place.ts'
import { type Storage, storageOf } from './storage.ts'

/** What the evaluation of a kernel's values needs to know. */
export interface Evaluation {
  readonly code: Code
  readonly operands: readonly Operand[]
  readonly values: readonly Value[]
  /** By value: the depth of the places where it is computed, and whether it differs from lane to lane. */
  readonly depths: readonly number[]
  readonly wide: readonly boolean[]
  /** By value, where it has one. */
  readonly accesses: readonly (Access | undefined)[]
  /** By operand of random bits: the words of its key. */
  readonly keys: ReadonlyMap<number, readonly [Vector, Vector]>
  /** By reduction, once finished. */
  readonly results: Map<number, readonly Vector[]>
  /** Pushes an element of the product, in the epilogue of a matmul. */
  readonly product?: (place: Place, vector: VectorAt) => OnStack
}

/** Values that an earlier stage left in the row's scratch. */
export type Kept = ReadonlyMap<number, Access>

/** A value's lanes for one vector, wherever around this place it was computed. */
export function valueAt(place: Place, value: number, vector: number): Vector {
  for (let at: Place | undefined = place; at !== undefined; at = at.outer) {
    const lanes = at.values.get(value)
    if (lanes !== undefined) return lanes[lanes.length === 1 ? 0 : vector]!
  }
  throw new Error(`value ${value} is not computed yet`)
}

const isComputed = (place: Place | undefined, value: number): boolean =>
  place !== undefined && (place.values.has(value) || isComputed(place.outer, value))

/**
 * Computes at a place those of the values (in order) that belong there, and the addresses that values further inside
 * start from.
 */
export function computeAt(evaluation: Evaluation, place: Place, values: readonly number[], kept: Kept): void {
  const { code, accesses, depths } = evaluation
  for (const value of values) {
    const spared = kept.get(value)
    const access = spared ?? accesses[value]
    if (access !== undefined) prepare(code, place, access)
    if (depths[value] !== place.depth || isComputed(place, value)) continue
    place.values.set(value, spared === undefined ? compute(evaluation, place, value) : restore(code, place, spared))
  }
}

const scratch = storageOf('f32')

const restore = (code: Code, place: Place, access: Access): Vector[] =>
  place.vectors.map(vector => code.keep(loadVector(code, place, access, scratch, vector)))

function compute(evaluation: Evaluation, place: Place, at: number): readonly Vector[] {
  const { code, values, wide, results } = evaluation
  const value = values[at]!
  if (value.op === 'constant') return [constantOf(code, value.type, value.value)]
  if (value.op === 'reduced') return results.get(value.reduction)!
  const vectors = wide[at] ? place.vectors : single
  return vectors.map((vector, i) => {
    const into = code.vector()
    code.region(() => local.set(into, pushBounded({ evaluation, place, vector, i }, at)))
    return into
  })
}

/** Where a value does not run along the lanes, one vector serves all. */
export const single: readonly VectorAt[] = [{ shift: 0, lanes: 1 }]

/** One vector of one value at a place; `i` is the vector's number there. */
interface Task {
  readonly evaluation: Evaluation
  readonly place: Place
  readonly vector: VectorAt
  readonly i: number
}

/** Pushes the value, or its fill where the position is out of bounds. */
function pushBounded(task: Task, at: number): OnStack {
  const {
    evaluation: { code, values, accesses },
    place,
    vector,
  } = task
  const value = values[at]!
  const access = accesses[at]
  const result = pushVector(task, value, access)
  if (access === undefined || !('map' in value) || value.map.bounds.length === 0) return result
  const found = code.keep(result)
  const mask = maskAt(code, place, access, vector)
  return mask === undefined
    ? local.get(found)
    : v128.bitselect(found, constantOf(code, value.type, value.map.fill), mask)
}

/** A number of some type in every lane. */
export const constantOf = (code: Code, type: ValueType, x: number): Vector => constants[type](code, x)

const constants: Record<ValueType, (code: Code, x: number) => Vector> = {
  f32: (code, x) => code.f32(x),
  i32: (code, x) => code.i32(x),
  u32: (code, x) => code.i32(x | 0),
  bool: (code, x) => code.i32(x !== 0 ? -1 : 0),
}

function pushVector(task: Task, value: Value, access: Access | undefined): OnStack {
  const { evaluation, place, vector } = task
  if ('map' in value) return (located[value.op] as Locate<typeof value>)(task, value, access!)
  if ('inputs' in value) return combine(task, value)
  if (value.op === 'product' && evaluation.product !== undefined) return evaluation.product(place, vector)
  throw new Error(`${value.op} has no lanes to compute`)
}

type ValueOf<Op> = Extract<Value, { readonly op: Op }>
type Located = Extract<Value, { readonly map: unknown }>
type Locate<V> = (task: Task, value: V, access: Access) => OnStack

/** Values that depend on the position. */
const located: { [Op in Located['op']]: Locate<ValueOf<Op>> } = {
  load: ({ evaluation: { code, operands }, place, vector }, { operand }, access) =>
    loadVector(code, place, access, storageOf(operands[operand]!.dtype), vector),
  index: ({ evaluation: { code }, place, vector }, _, access) => pushPositions(code, place, access, vector),
  randomBits({ evaluation: { code, keys }, place, vector }, { operand }, access) {
    const [key0, key1] = keys.get(operand)!
    return threefry(code, key0, key1, code.keep(pushPositions(code, place, access, vector)))
  },
  gather({ evaluation, place, vector, i }, value, access) {
    const { code, operands, wide } = evaluation
    const storage = storageOf(operands[value.operand]!.dtype)
    if (!wide[value.index]) return loadVector(code, place, access, storage, vector)
    return gatherVector(code, place, access, storage, vector, value, valueAt(place, value.index, i))
  },
}

/** first + lane · step */
export function pushPositions(code: Code, place: Place, access: Access, { shift }: VectorAt): OnStack {
  const first = i32x4.splat(i32.add(pointerAt(place, access), (shift * access.step) | 0))
  if (access.step === 0) return first
  return i32x4.add(first, code.lanes(Int32Array.from([0, 1, 2, 3], lane => lane * access.step)))
}

type Combined = Extract<Value, { readonly inputs: unknown }>
type Combine = (code: Code, inputs: readonly Vector[], from: ValueType, to: ValueType) => OnStack

const conversions: Record<'where' | 'cast' | 'bitcast', Combine> = {
  where: (_, [condition, a, b]) => v128.bitselect(a!, b!, condition!),
  cast: (code, [x], from, to) => casts[from][to](code, x!),
  bitcast: (_, [x]) => local.get(x!),
}
const isConversion = (op: Combined['op']): op is keyof typeof conversions => op in conversions

/** What is left of lanes that were stored. */
const requantize = (code: Code, { encode, decode }: Storage, x: Vector): OnStack =>
  decode(code, code.keep(encode(code, x)))

/** Values that depend on other values of the same position. */
function combine({ evaluation: { code, values }, place, i }: Task, combined: Combined): OnStack {
  const { op, inputs, type } = combined
  const lanes = inputs.map(input => valueAt(place, input, i))
  const from = values[inputs[0]!]!.type
  if (isConversion(op)) return conversions[op](code, lanes, from, type)
  if (op === 'quantize') return requantize(code, storageOf(combined.dtype), lanes[0]!)
  if (isUnary(op)) return unaryRules[op][from](code, lanes[0]!)
  const [first, second] = [values[inputs[0]!]!, values[inputs[1]!]!]
  const rule = binaryRules[op][from]
  if (first.op === 'constant' && swappable.has(op)) return rule(code, lanes[1]!, lanes[0]!, first.value)
  return rule(code, lanes[0]!, lanes[1]!, second.op === 'constant' ? second.value : undefined)
}
