import type { Block } from '../backend.ts'
import type { Heap } from './heap.ts'
import type { Pool } from './threads/pool.ts'

/**
 * A heap whose blocks are freed in the order of programs: one that a running program still uses is given out again
 * only when that program has ended.
 */
export function heapInOrder(heap: Heap, pool: Pool | undefined): Heap {
  if (pool === undefined) return heap
  const waiting: { readonly block: Block; readonly until: number }[] = []
  const collect = (): void => {
    const done = pool.completed()
    let count = 0
    while (count < waiting.length && waiting[count]!.until <= done) heap.free(waiting[count++]!.block)
    waiting.splice(0, count)
  }
  return {
    ...heap,
    alloc: bytes => {
      collect()
      try {
        return heap.alloc(bytes)
      } catch (error) {
        if (waiting.length === 0) throw error
        pool.block(pool.submitted())
        collect()
        return heap.alloc(bytes)
      }
    },
    free: block => {
      if (pool.completed() >= pool.submitted()) heap.free(block)
      else waiting.push({ block, until: pool.submitted() })
    },
  }
}
