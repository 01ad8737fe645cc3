import type { Touch } from './builder.ts'
import type { Kernel } from './kernel.ts'

/** A kernel and, for each of its operands, the buffer that it is. */
export interface Lowered {
  readonly kernel: Kernel
  readonly touches: readonly Touch[]
}

/** How many destinations each anchor is written to: 0 if only its own kernel uses it. */
export type Destinations = (position: number) => number
