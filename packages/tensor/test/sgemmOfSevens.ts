import type { Sgemm } from '../src/index.ts'

/** A module that connects a BLAS which knows only one result. */
export const findLibrary = (wanted = 'libsevens'): string => {
  if (wanted !== 'libsevens') throw new Error(`${wanted} is not here`)
  return wanted
}

export const sgemmIn =
  (_: string, memory: WebAssembly.Memory): Sgemm =>
  (_transposeA, _transposeB, m, n, _k, _a, _strideA, _b, _strideB, c, strideC) => {
    const floats = new Float32Array(memory.buffer)
    for (let row = 0; row < m; row++) floats.fill(7, (c >>> 2) + row * strideC, (c >>> 2) + row * strideC + n)
  }
