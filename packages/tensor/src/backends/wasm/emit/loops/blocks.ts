import type { Nest } from './nest.ts'
import { isColumns } from './dependence.ts'

/** Additions to one partial sum before it is flushed: what bounds the error of sums of any length. */
const longest = 32

/** The loop whose turns are counted in blocks, after each of which sums are flushed. */
export interface Blocks {
  readonly loop: number
  readonly turns: number
}

/** Undefined where a row has few elements for each of the partial sums. */
export function blocksOf(nest: Nest, vectors: number): Blocks | undefined {
  let additions = 1
  for (let loop = nest.sizes.length - 1; loop >= nest.rowLoops; loop--) {
    const size = nest.sizes[loop]!
    const turns = loop === nest.lanesLoop && !isColumns(nest) ? Math.ceil(size / (4 * vectors)) : size
    if (additions * turns > longest) return { loop, turns: Math.max(1, Math.floor(longest / additions)) }
    additions *= turns
  }
  return undefined
}
