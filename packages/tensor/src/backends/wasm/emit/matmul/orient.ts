import type { IndexMap } from '../../../../compiler/kernel.ts'
import { mostFlatRows } from './flat.ts'
import { layoutOf, mapAll, type Problem } from './problem.ts'

/** (A·B)ᵀ = Bᵀ·Aᵀ: the same results with the roles of the factors, of m and of n exchanged. */
export function transposeProblem(problem: Problem): Problem {
  const { m, n, a, b, batch } = problem
  return mapAll({ ...problem, m: n, n: m, a: b, b: a }, map => transposeMap(map, batch.length))
}

function transposeMap({ offset, strides, bounds, fill }: IndexMap, row: number): IndexMap {
  const other = (loop: number): number => (loop < row ? loop : 2 * row + 1 - loop)
  return {
    offset,
    fill,
    strides: strides.map((_, loop) => strides[other(loop)]!),
    bounds: bounds.map(bound => ({ ...bound, loop: other(bound.loop) })),
  }
}

/** Whether the stores run along n, which lets tiles and epilogues write whole vectors. */
const storesAlong = ({ stores, n }: Problem): boolean => n === 1 || stores.every(({ map }) => map.strides.at(-1) === 1)

const packs = ({ a, b, m, n, k }: Problem): number =>
  Number(layoutOf(a, m, k) !== 'along') + Number(layoutOf(b, n, k) !== 'across')

/** The problem or its transpose: few rows rather than few columns, then contiguous stores, then less to pack. */
export function orient(problem: Problem): Problem {
  const { m, n } = problem
  const transposed = transposeProblem(problem)
  if (Math.min(m, n) <= mostFlatRows && m !== n) return m < n ? problem : transposed
  if (storesAlong(problem) !== storesAlong(transposed)) return storesAlong(problem) ? problem : transposed
  return packs(transposed) < packs(problem) ? transposed : problem
}
