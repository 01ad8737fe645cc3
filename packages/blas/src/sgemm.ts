import type { Sgemm } from '@wids/tensor'
import koffi from 'koffi'
import { findLibrary, openLibrary } from './libraries.ts'

export { findLibrary }

const [rowMajor, untransposed, transposed] = [101, 111, 112]

/** The product of a library on a memory, computed by the thread that calls it. */
export function sgemmIn(name: string, memory: WebAssembly.Memory): Sgemm {
  const sgemm = openLibrary(name)
  // A shared memory stays where it is when it grows.
  const base = Number(koffi.address(new Uint8Array(memory.buffer)))
  const flag = (transpose: number): number => (transpose === 1 ? transposed : untransposed)
  const at = (address: number): number => base + (address >>> 0)
  return (transposeA, transposeB, m, n, k, a, strideA, b, strideB, c, strideC) =>
    sgemm(rowMajor, flag(transposeA), flag(transposeB), m, n, k, 1, at(a), strideA, at(b), strideB, 0, at(c), strideC)
}
