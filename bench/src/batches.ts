import { uniforms } from './weights.ts'
import type { Recipe } from './workloads.ts'

/** Random token ids. */
export function randomIds(count: number, vocabulary: number, seed: number): number[] {
  const next = uniforms(seed)
  return Array.from({ length: count }, () => Math.floor(next() * vocabulary))
}

/** What a step reads: i32 [batch, context] each. */
export interface Batch {
  readonly x: Int32Array<ArrayBuffer>
  readonly y: Int32Array<ArrayBuffer>
}

/** Inputs, and targets one token further on, of ids [batch, context + 1]. */
export function toBatch(ids: readonly number[], { batch, context }: Recipe): Batch {
  const x = new Int32Array(batch * context)
  const y = new Int32Array(batch * context)
  for (let row = 0; row < batch; row++)
    for (let at = 0; at < context; at++) {
      x[row * context + at] = ids[row * (context + 1) + at]!
      y[row * context + at] = ids[row * (context + 1) + at + 1]!
    }
  return { x, y }
}

/** Gives the batches in turn, without end. */
export function cycle<T>(batches: readonly T[]): () => T {
  let at = 0
  return () => batches[at++ % batches.length]!
}
