import { OutOfMemoryError } from '../../errors.ts'
import type { Block } from '../backend.ts'

/** Every block starts at a multiple of this, and as many readable bytes lie around it: kernels read whole vectors. */
const grain = 64
const pageBytes = 65536

/** Allocates blocks of one WebAssembly memory. */
export interface Heap {
  alloc(bytes: number): Block
  free(block: Block): void
  readonly live: () => number
  readonly peak: () => number
}

/** Free bytes from address to address + bytes. */
interface Gap {
  address: number
  bytes: number
}

/**
 * A best-fit allocator: gaps are kept in order of address and merge with their neighbours, so that memory that is used
 * in a cycle stays as large as one turn of it.
 */
export function createHeap(memory: WebAssembly.Memory, from: number, maxBytes: number): Heap {
  const gaps: Gap[] = []
  const sizes = new Map<number, number>()
  let [top, live, peak] = [Math.ceil(from / grain) * grain, 0, 0]

  const reserve = (bytes: number): number => {
    const address = top
    const missing = address + bytes + grain - memory.buffer.byteLength
    if (address + bytes + grain > maxBytes || (missing > 0 && !grow(memory, missing)))
      throw new OutOfMemoryError(bytes, largest())
    top += bytes
    return address
  }
  /** Bytes of the largest block that there is room for. */
  const largest = (): number => Math.max(0, maxBytes - top - grain, ...gaps.map(gap => gap.bytes))
  const bestGap = (bytes: number): number => {
    let best = -1
    for (let i = 0; i < gaps.length; i++)
      if (gaps[i]!.bytes >= bytes && (best < 0 || gaps[i]!.bytes < gaps[best]!.bytes)) best = i
    return best
  }
  return {
    alloc: bytes => {
      const rounded = Math.max(1, Math.ceil(bytes / grain)) * grain
      const at = bestGap(rounded)
      let address: number
      if (at < 0) address = reserve(rounded)
      else {
        const gap = gaps[at]!
        address = gap.address
        gap.address += rounded
        gap.bytes -= rounded
        if (gap.bytes === 0) gaps.splice(at, 1)
      }
      sizes.set(address, rounded)
      live += rounded
      peak = Math.max(peak, live)
      return { address, bytes }
    },
    free: ({ address }) => {
      const bytes = sizes.get(address)
      if (bytes === undefined) throw new Error(`no block lives at ${address}`)
      sizes.delete(address)
      live -= bytes
      insert(gaps, { address, bytes })
      const last = gaps.at(-1)!
      if (last.address + last.bytes === top) top = gaps.pop()!.address
    },
    live: () => live,
    peak: () => peak,
  }
}

function grow(memory: WebAssembly.Memory, bytes: number): boolean {
  try {
    memory.grow(Math.ceil(bytes / pageBytes))
    return true
  } catch {
    return false
  }
}

/** Puts a gap in its place and joins it with the gaps that touch it. */
function insert(gaps: Gap[], gap: Gap): void {
  let [low, high] = [0, gaps.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (gaps[middle]!.address < gap.address) low = middle + 1
    else high = middle
  }
  const [before, after] = [gaps[low - 1], gaps[low]]
  const joinsBefore = before !== undefined && before.address + before.bytes === gap.address
  const joinsAfter = after !== undefined && gap.address + gap.bytes === after.address
  if (joinsBefore && joinsAfter) {
    before.bytes += gap.bytes + after.bytes
    gaps.splice(low, 1)
  } else if (joinsBefore) before.bytes += gap.bytes
  else if (joinsAfter) {
    after.address = gap.address
    after.bytes += gap.bytes
  } else gaps.splice(low, 0, gap)
}
