import type { Block } from '../backend.ts'
import type { Heap } from './heap.ts'
import type { Pool } from './threads/pool.ts'

/** Freed bytes that may wait for programs before the caller waits for them: a loop that never does must not grow. */
const mostWaiting = 2 ** 28

/**
 * A heap whose blocks are freed in the order of programs: one that a running program still uses is given out again
 * only when that program has ended.
 */
export function heapInOrder(heap: Heap, pool: Pool | undefined): Heap {
  if (pool === undefined) return heap
  const waiting: { readonly block: Block; readonly until: number }[] = []
  let waitingBytes = 0
  const collect = (): void => {
    const done = pool.completed()
    let count = 0
    while (count < waiting.length && waiting[count]!.until <= done) {
      const { block } = waiting[count++]!
      waitingBytes -= block.bytes
      heap.free(block)
    }
    waiting.splice(0, count)
  }
  return {
    ...heap,
    alloc: bytes => {
      collect()
      for (; waitingBytes > mostWaiting; collect()) pool.block(waiting[0]!.until)
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
      if (pool.completed() >= pool.submitted()) return heap.free(block)
      waiting.push({ block, until: pool.submitted() })
      waitingBytes += block.bytes
    },
  }
}
