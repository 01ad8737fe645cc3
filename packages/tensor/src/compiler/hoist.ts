import { dtypes } from '../dtype.ts'
import type { IndexMap, Kernel, Value } from './kernel.ts'
import type { Launch } from './plan.ts'

const isRead = (value: Value, operand: number): value is Value & { readonly op: 'load' | 'gather' } =>
  (value.op === 'load' || value.op === 'gather') && value.operand === operand

/** A kernel with `change` applied to every map from loops to positions of one operand. */
function remap<K extends Kernel>(kernel: K, operand: number, change: (map: IndexMap) => IndexMap): K {
  if (kernel.kind !== 'loops' && kernel.kind !== 'matmul') return kernel
  const own = <Part extends { readonly operand: number; readonly map: IndexMap }>(part: Part): Part =>
    part.operand === operand ? { ...part, map: change(part.map) } : part
  const values = kernel.values.map(value => (isRead(value, operand) ? { ...value, map: change(value.map) } : value))
  return kernel.kind === 'matmul'
    ? { ...kernel, a: own(kernel.a), b: own(kernel.b), values, stores: kernel.stores.map(own) }
    : { ...kernel, values, stages: kernel.stages.map(stage => ({ ...stage, stores: stage.stores.map(own) })) }
}

const runsBackwards = (value: Value, operand: number): boolean =>
  value.op === 'gather' && value.operand === operand && value.stride < 0

/** The position before which a kernel touches nothing of an operand, as far as its maps tell at once. */
function startOf(kernel: Kernel, operand: number): number {
  if ('values' in kernel && kernel.values.some(value => runsBackwards(value, operand))) return 0
  let start = Infinity
  remap(kernel, operand, map => {
    start = Math.min(start, map.strides.some(stride => stride < 0) ? 0 : map.offset)
    return map
  })
  return start > 0 && start < Infinity ? start : 0
}

/**
 * Lets each operand begin where the kernel starts, so that kernels which differ only in which part of a buffer they use, as
 * the steps of a recurrent network do, are one.
 */
export function hoistOffsets({ kernel, operands }: Launch): Launch {
  const starts = operands.map((_, operand) => startOf(kernel, operand))
  const moved = starts.reduce(
    (at, start, operand) => (start === 0 ? at : remap(at, operand, map => ({ ...map, offset: map.offset - start }))),
    kernel,
  )
  return {
    kernel: moved,
    operands: operands.map((place, operand) => ({
      ...place,
      start: starts[operand]! * dtypes[kernel.operands[operand]!.dtype].bytes,
    })),
  }
}
