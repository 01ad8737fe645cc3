import type { RowReduction } from '../../../../compiler/kernel.ts'
import { costOf } from '../values/costs.ts'
import { inputsOf, type Dependence } from './dependence.ts'
import type { Nest, NestStore } from './nest.ts'

/** One pass over a row. Lists of values are in order of computation. */
export interface Stage {
  readonly reductions: readonly (RowReduction & { readonly number: number })[]
  /** Made at every element, from `needs`. */
  readonly stores: readonly NestStore[]
  readonly needs: readonly number[]
  /** Made once a row, after the pass, from `rowNeeds`. */
  readonly rowStores: readonly NestStore[]
  readonly rowNeeds: readonly number[]
  /** Values that are left in slots of the row's scratch, for later stages; and those that earlier ones left there. */
  readonly leaves: ReadonlyMap<number, number>
  readonly finds: ReadonlyMap<number, number>
}

export interface StagePlan {
  readonly stages: readonly Stage[]
  /** Slots of the row's scratch. */
  readonly slots: number
}

/** Computing anew what costs less than this is cheaper than keeping it. */
const worthKeeping = 12

export function planStages(nest: Nest, dependence: Dependence, mayKeep: (slots: number) => boolean): StagePlan {
  const kept = new Map<number, { slot: number; from: number }>()
  const seenBy = new Map<number, number>()
  nest.stages.forEach(({ reductions, stores }, stage) => {
    const roots = [
      ...reductions.map(({ input }) => input),
      ...stores.filter(store => !store.perRow).map(({ value }) => value),
    ]
    const visited = new Set<number>()
    const visit = (value: number): void => {
      if (kept.has(value) || visited.has(value)) return
      visited.add(value)
      const from = seenBy.get(value)
      if (from !== undefined && from < stage && isWorthKeeping(nest, dependence, value) && mayKeep(kept.size + 1)) {
        kept.set(value, { slot: kept.size, from })
        return
      }
      inputsOf(nest.values[value]!).forEach(visit)
    }
    roots.forEach(visit)
    for (const value of closure(nest, roots, at => kept.has(at))) if (!seenBy.has(value)) seenBy.set(value, stage)
  })
  return { stages: stagesOf(nest, kept), slots: kept.size }
}

function stagesOf(nest: Nest, kept: ReadonlyMap<number, { slot: number; from: number }>): Stage[] {
  let number = 0
  return nest.stages.map(({ reductions, stores }, stage) => {
    const slotsOf = (choose: (from: number) => boolean): Map<number, number> =>
      new Map([...kept].filter(([, { from }]) => choose(from)).map(([value, { slot }]) => [value, slot]))
    const finds = slotsOf(from => from < stage)
    const perElement = stores.filter(store => !store.perRow)
    const rowStores = stores.filter(store => store.perRow)
    return {
      reductions: reductions.map(reduction => ({ ...reduction, number: number++ })),
      stores: perElement,
      needs: closure(nest, [...reductions.map(({ input }) => input), ...perElement.map(({ value }) => value)], value =>
        finds.has(value),
      ),
      rowStores,
      rowNeeds: closure(
        nest,
        rowStores.map(({ value }) => value),
        () => false,
      ),
      leaves: slotsOf(from => from === stage),
      finds,
    }
  })
}

/** The roots and all that they are computed from, in order; of values where the search stops, what is behind is left out. */
function closure({ values }: Nest, roots: readonly number[], stops: (value: number) => boolean): number[] {
  const found = new Set<number>()
  const visit = (value: number): void => {
    if (found.has(value)) return
    found.add(value)
    if (!stops(value)) inputsOf(values[value]!).forEach(visit)
  }
  roots.forEach(visit)
  return [...found].toSorted((a, b) => a - b)
}

/** Whether a value that differs from element to element takes long to compute. */
function isWorthKeeping(nest: Nest, { depths, wide }: Dependence, value: number): boolean {
  const deepest = 1 + nest.sizes.length - nest.rowLoops
  if (!wide[value] || depths[value] !== deepest) return false
  const inside = closure(nest, [value], at => depths[at]! < deepest).filter(at => depths[at] === deepest)
  return inside.reduce((sum, at) => sum + costOf(nest.values[at]!.op), 0) >= worthKeeping
}
