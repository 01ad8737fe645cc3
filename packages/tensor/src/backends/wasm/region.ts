import type { Block } from '../backend.ts'
import type { Heap } from './heap.ts'

/** A block that grows to the largest size that was asked for, and that programs share in turn. */
export interface Region {
  /** Its address, once it has at least so many bytes. */
  atLeast(bytes: number): number
  bytes(): number
  /** Gives the block back; it is asked for again when it is needed. */
  clear(): void
}

export function createRegion(heap: Heap): Region {
  let block: Block | undefined
  const clear = (): void => {
    if (block !== undefined) heap.free(block)
    block = undefined
  }
  return {
    atLeast: bytes => {
      if (block === undefined || block.bytes < bytes) {
        clear()
        block = heap.alloc(bytes)
      }
      return block.address
    },
    bytes: () => block?.bytes ?? 0,
    clear,
  }
}
