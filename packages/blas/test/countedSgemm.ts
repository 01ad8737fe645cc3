import type { Sgemm } from '@wids/tensor'
import { findLibrary, sgemmIn as connect } from '../src/sgemm.ts'

export { findLibrary }

/** How often this thread has multiplied. */
export const calls = { count: 0 }

/** The product of the library, counted. */
export function sgemmIn(library: string, memory: WebAssembly.Memory): Sgemm {
  const sgemm = connect(library, memory)
  return (...args) => {
    calls.count++
    sgemm(...args)
  }
}
