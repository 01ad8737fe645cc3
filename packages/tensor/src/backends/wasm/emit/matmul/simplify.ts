import type { IndexMap } from '../../../../compiler/kernel.ts'
import { mapAll, mapsOf, type Problem, type Side } from './problem.ts'

/**
 * The same product with fewer batch loops: those of one turn go, loops that every map steps through evenly become one,
 * and a batch of rows that all meet the same B (or of columns that meet the same A) becomes more rows: then B is
 * packed, or read, once for all of them.
 */
export function simplify(problem: Problem): Problem {
  const { batch } = problem
  const [rows, columns] = [batch.length, batch.length + 1]
  for (const outer of batch.keys()) {
    if (batch[outer] === 1 && !isBounded(problem, outer)) return simplify(without(problem, outer))
    const inner = [rows, columns, ...batch.keys()].find(loop => loop !== outer && canMerge(problem, outer, loop))
    if (inner !== undefined) return simplify(merge(problem, outer, inner))
  }
  return problem
}

const sizeOf = ({ batch, m, n }: Problem, loop: number): number => [...batch, m, n][loop]!

const isBounded = (problem: Problem, loop: number): boolean =>
  mapsOf(problem).some(({ bounds }) => bounds.some(bound => bound.loop === loop))

/** Strides of A and of B over all loops but that of k. */
const factorStrides = ({ a, b }: Problem): [number[], number[]] => [
  [...a.batch, a.line, 0],
  [...b.batch, 0, b.line],
]

/** Whether every factor and map steps with `outer` to where `inner` would go next. */
function canMerge(problem: Problem, outer: number, inner: number): boolean {
  if (isBounded(problem, outer) || isBounded(problem, inner)) return false
  const factors = factorStrides(problem)
  const size = sizeOf(problem, inner)
  const even = (strides: readonly number[]): boolean => strides[outer] === size * strides[inner]!
  if (size > 1) return factors.every(even) && mapsOf(problem).every(({ strides }) => even(strides))
  // A single row or column may lie anywhere; the other factor must not notice.
  const rows = problem.batch.length
  return inner >= rows && factors[inner === rows ? 1 : 0][outer] === 0
}

/** Lets `inner` run on through all turns of `outer`. */
function merge(problem: Problem, outer: number, inner: number): Problem {
  const { batch, m, n } = problem
  const single = sizeOf(problem, inner) === 1
  const sizes = [...batch, m, n].map((size, loop) => (loop === inner ? size * batch[outer]! : size))
  const step = (strides: readonly number[]): number[] =>
    strides.map((stride, loop) => (single && loop === inner ? strides[outer]! : stride))
  const [a, b] = factorStrides(problem).map(step) as [number[], number[]]
  const resized = { ...problem, batch: sizes.slice(0, -2), m: sizes.at(-2)!, n: sizes.at(-1)! }
  const sides = { a: { ...problem.a, line: a.at(-2)! }, b: { ...problem.b, line: b.at(-1)! } }
  return without(
    mapAll({ ...resized, ...sides }, map => ({ ...map, strides: step(map.strides) })),
    outer,
  )
}

/** Drops a batch loop of which only the first turn is left. */
function without(problem: Problem, gone: number): Problem {
  const drop = (list: readonly number[]): number[] => list.toSpliced(gone, 1)
  const side = (from: Side): Side => ({ ...from, batch: drop(from.batch) })
  const map = ({ offset, strides, bounds, fill }: IndexMap): IndexMap => ({
    offset,
    fill,
    strides: drop(strides),
    bounds: bounds.map(bound => (bound.loop > gone ? { ...bound, loop: bound.loop - 1 } : bound)),
  })
  return mapAll({ ...problem, batch: drop(problem.batch), a: side(problem.a), b: side(problem.b) }, map)
}
