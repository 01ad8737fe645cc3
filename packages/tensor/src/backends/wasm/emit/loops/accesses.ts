import type { IndexMap, Value } from '../../../../compiler/kernel.ts'
import { dtypes } from '../../../../dtype.ts'
import type { Code, Int } from '../code.ts'
import { pushIndexed } from '../values/gather.ts'
import { valueAt } from '../values/evaluation.ts'
import type { Access, Place } from '../values/place.ts'
import { isColumns, type Dependence } from './dependence.ts'
import type { Nest } from './nest.ts'

/** A map from the nest's loops to elements of some bytes from a base on. */
export function accessOf(
  { lanesLoop }: Pick<Nest, 'lanesLoop'>,
  { offset, strides, bounds }: IndexMap,
  base: Int | undefined,
  bytes: number,
): Access {
  return {
    base,
    bytes,
    offset,
    strides,
    step: strides[lanesLoop]!,
    bounds: bounds.filter(bound => bound.loop !== lanesLoop),
    laneBounds: bounds.filter(bound => bound.loop === lanesLoop),
    moved: undefined,
  }
}

/** Where a value's elements lie, or its position counts; undefined for values that have neither. */
export function valueAccess(
  code: Code,
  nest: Nest,
  { depths, wide }: Dependence,
  addresses: readonly Int[],
  value: Value,
): Access | undefined {
  if (!('map' in value)) return undefined
  if (value.op === 'index' || value.op === 'randomBits') return accessOf(nest, value.map, undefined, 1)
  const access = accessOf(nest, value.map, addresses[value.operand], dtypes[nest.operands[value.operand]!.dtype].bytes)
  if (value.op === 'load' || wide[value.index]) return access
  const moved: Access = { ...access, moved: { depth: depths[value.index]!, by: place => pushMove(moved, place) } }
  const pushMove = (at: Access, place: Place): void =>
    pushIndexed(code, place, at, value, valueAt(place, value.index, 0))
  return moved
}

const noBounds = { bounds: [], laneBounds: [], moved: undefined }

/** The flattened position within a row, as the loops of the nest count. */
export function positionAccess(nest: Nest): Access {
  const strides = innerStrides(nest, nest.sizes.at(-1)!)
  return { ...noBounds, base: undefined, bytes: 1, offset: 0, strides, step: strides[nest.lanesLoop]! }
}

/** Strides of the loops within a row, row-major; the last of them takes `lastSize` elements a turn of the loop around it. */
function innerStrides({ sizes, rowLoops }: Nest, lastSize: number): number[] {
  const strides = sizes.map(() => 0)
  let stride = 1
  for (let loop = sizes.length - 1; loop >= rowLoops; loop--) {
    strides[loop] = stride
    stride *= loop === sizes.length - 1 ? lastSize : sizes[loop]!
  }
  return strides
}

/** Elements that a slot of a row's scratch takes: those of the row, in whole vectors. */
export function slotSize(nest: Nest, vectors: number): number {
  const inner = nest.sizes.slice(nest.rowLoops)
  const last = inner.at(-1)!
  const turns = inner.slice(0, -1).reduce((product, size) => product * size, 1)
  return isColumns(nest) ? turns * last * vectors * 4 : turns * 4 * Math.ceil(last / 4)
}

/** A slot of a row's scratch; `vectors` a row of columns. */
export function slotAccess(nest: Nest, scratch: Int, slot: number, vectors: number): Access {
  const columns = isColumns(nest)
  const last = nest.sizes.at(-1)!
  const strides = columns
    ? innerStrides(nest, last).map(stride => stride * vectors * 4)
    : innerStrides(nest, 4 * Math.ceil(last / 4))
  return { ...noBounds, base: scratch, bytes: 4, offset: slot * slotSize(nest, vectors), strides, step: 1 }
}
