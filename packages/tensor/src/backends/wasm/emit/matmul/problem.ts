import type { IndexMap, MatmulKernel, Operand, Store, Value } from '../../../../compiler/kernel.ts'
import type { Layout } from './pack.ts'
import { isMatmulDType, type MatmulDType } from './widen.ts'

/** One factor of the product. Its lines are the rows of A or the columns of B; strides in elements. */
export interface Side {
  readonly operand: number
  readonly dtype: MatmulDType
  readonly offset: number
  readonly batch: readonly number[]
  readonly line: number
  readonly k: number
}

/** A matmul kernel in a form that treats both factors alike: maps run over [batch…, m, n]. */
export interface Problem {
  readonly operands: readonly Operand[]
  readonly batch: readonly number[]
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: Side
  readonly b: Side
  readonly values: readonly Value[]
  readonly stores: readonly Store[]
}

export function readProblem(kernel: MatmulKernel): Problem {
  const rank = kernel.batch.length
  const side = ({ operand, map }: MatmulKernel['a'], line: number, k: number): Side => {
    const { dtype } = kernel.operands[operand]!
    if (!isMatmulDType(dtype)) throw new TypeError(`matmul kernel: operand of dtype ${dtype}`)
    return {
      operand,
      dtype,
      offset: map.offset,
      batch: map.strides.slice(0, rank),
      line: map.strides[line]!,
      k: map.strides[k]!,
    }
  }
  const { operands, batch, m, n, k, values, stores } = kernel
  return {
    operands,
    batch,
    m,
    n,
    k,
    a: side(kernel.a, rank, rank + 1),
    b: side(kernel.b, rank + 1, rank),
    values,
    stores,
  }
}

/** How lines of a factor lie in memory; a single line, or a single k, lies both ways. */
export function layoutOf(side: Side, lines: number, k: number): Layout {
  if (side.k === 1) return 'along'
  if (side.line === 1 || lines === 1) return 'across'
  return k === 1 ? 'along' : 'scattered'
}

/** The store that needs no epilogue: the product itself, f32, contiguous along n. */
export function plainStore({
  operands,
  values,
  stores,
  n,
}: Problem): { readonly operand: number; readonly map: IndexMap } | undefined {
  const [store, ...others] = stores
  if (store === undefined || others.length > 0) return undefined
  const contiguous = n === 1 || store.map.strides.at(-1) === 1
  return values[store.value]?.op === 'product' && operands[store.operand]?.dtype === 'f32' && contiguous
    ? store
    : undefined
}

/** The maps of the epilogue, over loops [batch…, m, n]. */
export const mapsOf = ({ values, stores }: Problem): IndexMap[] => [
  ...values.flatMap(value => ('map' in value ? [value.map] : [])),
  ...stores.map(({ map }) => map),
]

/** The problem with every map of its epilogue changed. */
export const mapAll = (problem: Problem, change: (map: IndexMap) => IndexMap): Problem => ({
  ...problem,
  values: problem.values.map((value): Value => ('map' in value ? { ...value, map: change(value.map) } : value)),
  stores: problem.stores.map(store => ({ ...store, map: change(store.map) })),
})
