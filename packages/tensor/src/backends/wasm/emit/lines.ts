import { $, i32, if_, local } from 'wasmati'
import type { IndexMap } from '../../../compiler/kernel.ts'
import { dtypes, type DType } from '../../../dtype.ts'
import type { Code, Int } from './code.ts'
import { setAtMost, whileLess } from './control.ts'
import type { Lanes } from './lanes.ts'
import { storageOf } from './values/storage.ts'

/**
 * How the lines of a tensor along one axis are shared out. Neighbouring lines, `width` at most, lie in the lanes of
 * vectors and are walked together: an item.
 */
export interface LinePlan {
  readonly axis: number
  readonly shape: readonly number[]
  /** The axis across which neighbouring lines lie: the last one other than the lines' own; undefined in one dimension. */
  readonly laneAxis: number | undefined
  readonly lanes: number
  readonly width: number
  readonly blocks: number
  readonly items: number
  readonly itemsPerUnit: number
  readonly units: number
}

/** Elements of a unit that pay for handing it out. */
const leastWork = 1 << 12

export function planLines(shape: readonly number[], axis: number, width: number): LinePlan {
  const others = shape.map((_, d) => d).filter(d => d !== axis)
  const laneAxis = others.at(-1)
  const lanes = laneAxis === undefined ? 1 : shape[laneAxis]!
  const blocks = Math.ceil(lanes / width)
  const items = others.slice(0, -1).reduce((product, d) => product * shape[d]!, blocks)
  const itemsPerUnit = Math.max(1, Math.ceil(leastWork / Math.max(1, shape[axis]! * Math.min(width, lanes))))
  return {
    axis,
    shape: shape.with(axis, 1),
    laneAxis,
    lanes,
    width,
    blocks,
    items,
    itemsPerUnit,
    units: Math.ceil(items / itemsPerUnit),
  }
}

/** A walk along the axis of one operand, as many lines wide as the item has; `address` is this step's in the first line. */
export interface Walk extends Lanes {
  readonly operand: number
  readonly map: IndexMap
  /** Bytes to the next step. */
  readonly stepBytes: number
}

/** Makes locals for addresses and counts. */
export type Ints = Pick<Code, 'int'>

export function walkAlong(plan: LinePlan, operand: number, dtype: DType, map: IndexMap, code: Ints): Walk {
  const { axis, laneAxis } = plan
  const { bytes } = dtypes[dtype]
  const stride = (d: number | undefined): number => (d === undefined ? 0 : (bytes * map.strides[d]!) | 0)
  const [laneBytes, stepBytes] = [stride(laneAxis), stride(axis)]
  return { operand, storage: storageOf(dtype), map, address: code.int(), laneBytes, stepBytes }
}

export const advance = ({ address, stepBytes }: Walk): void => {
  if (stepBytes !== 0) local.set(address, i32.add(address, stepBytes))
}

/** Runs `body` for the items of units [begin, end): walks at their start, `lanes` lines side by side from `block`. */
export function eachLines(
  plan: LinePlan,
  [args, begin, end]: readonly [Int, Int, Int],
  walks: readonly Walk[],
  code: Ints,
  body: (lanes: number, block: Int) => void,
): void {
  const narrow = plan.lanes % plan.width
  const [rest, block] = [code.int(), code.int()]
  local.set(begin, i32.mul(begin, plan.itemsPerUnit))
  local.set(end, i32.mul(end, plan.itemsPerUnit))
  setAtMost(end, end, plan.items)
  whileLess(begin, end, () => {
    locate(plan, args, begin, walks, rest, block, code)
    if (plan.lanes < plan.width) body(narrow, block)
    else if (narrow === 0) body(plan.width, block)
    else {
      i32.eq(block, plan.blocks - 1)
      if_(
        null,
        () => body(narrow, block),
        () => body(plan.width, block),
      )
    }
    local.set(begin, i32.add(begin, 1))
  })
}

/** Finds the item's lines: its number's digits are the block of lanes and the indices of the other axes. */
function locate(plan: LinePlan, args: Int, item: Int, walks: readonly Walk[], rest: Int, block: Int, code: Ints): void {
  const digit = code.int()
  const addScaled = (index: Int, stride: (map: IndexMap) => number): void => {
    for (const { map, address, storage } of walks) {
      const bytes = (storage.width.bytes * stride(map)) | 0
      if (bytes === 0) continue
      i32.mul(index, bytes)
      local.set(address, i32.add($, address))
    }
  }
  for (const { operand, map, address, storage } of walks) {
    i32.load({ offset: 4 * operand }, args)
    local.set(address, i32.add($, (storage.width.bytes * map.offset) | 0))
  }
  local.set(block, i32.rem_u(item, plan.blocks))
  local.set(rest, i32.div_u(item, plan.blocks))
  const { laneAxis } = plan
  if (laneAxis !== undefined) addScaled(block, map => plan.width * map.strides[laneAxis]!)
  for (let d = plan.shape.length - 1; d >= 0; d--) {
    const size = plan.shape[d]!
    if (d === laneAxis || size === 1) continue
    local.set(digit, i32.rem_u(rest, size))
    local.set(rest, i32.div_u(rest, size))
    addScaled(digit, map => map.strides[d]!)
  }
}
