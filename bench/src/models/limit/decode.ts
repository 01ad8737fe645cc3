import type { DecodeTask, Prepared } from '../../tasks.ts'
import { bytesOf } from '../../weights.ts'
import { weightBytes } from '../../workloads.ts'
import { copier } from './machine.ts'

/** A copy that reads and writes as many bytes as the weights have, for each token. */
export async function prepare({ weights, tokens, dtype }: DecodeTask): Promise<Prepared> {
  const copy = copier((bytesOf(weights) * weightBytes[dtype]) / weightBytes.f32)
  const run = (count: number): void => {
    for (let i = 0; i < count * tokens; i++) copy()
  }
  return { check: [], run }
}
