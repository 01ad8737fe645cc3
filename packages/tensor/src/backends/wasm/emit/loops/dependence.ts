import type { IndexMap, Value } from '../../../../compiler/kernel.ts'
import type { Nest } from './nest.ts'

/** By value: the depth of the place where it is computed (0 the call, 1 the row, then the loops within), and whether lanes differ. */
export interface Dependence {
  readonly depths: readonly number[]
  readonly wide: readonly boolean[]
}

/** The depth of the place where a loop's index is set. */
export const depthOfLoop = ({ rowLoops }: Pick<Nest, 'rowLoops'>, loop: number): number =>
  loop < rowLoops ? 1 : 2 + loop - rowLoops

/** Whether the lanes are rows. */
export const isColumns = ({ lanesLoop, rowLoops }: Pick<Nest, 'lanesLoop' | 'rowLoops'>): boolean =>
  lanesLoop < rowLoops

export function dependenceOf(nest: Nest): Dependence {
  const depths: number[] = []
  const wide: boolean[] = []
  for (const value of nest.values) {
    const inputs = inputsOf(value)
    const loops = 'map' in value ? loopsOf(value.map) : []
    const reduced = value.op === 'reduced'
    depths.push(
      Math.max(reduced ? 1 : 0, ...inputs.map(input => depths[input]!), ...loops.map(loop => depthOfLoop(nest, loop))),
    )
    wide.push((reduced && isColumns(nest)) || inputs.some(input => wide[input]) || loops.includes(nest.lanesLoop))
  }
  return { depths, wide }
}

/** The values that a value is computed from. */
export function inputsOf(value: Value): readonly number[] {
  if ('inputs' in value) return value.inputs
  return value.op === 'gather' ? [value.index] : []
}

/** The loops on which a position depends, or whether there is one. */
const loopsOf = ({ strides, bounds }: IndexMap): number[] => [
  ...strides.flatMap((stride, loop) => (stride === 0 ? [] : [loop])),
  ...bounds.map(bound => bound.loop),
]
