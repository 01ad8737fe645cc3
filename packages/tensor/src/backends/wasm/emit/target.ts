import { i32, importFunc, type Func, type ImportFunc, type ImportMemory } from 'wasmati'
import type { Sgemm } from '../blas.ts'

/**
 * A kernel as code: a function (args: i32, begin: i32, end: i32, scratch: i32) → () that runs work units [begin, end).
 * The first word of the scratch is 0 when a launch begins; what calls leave there, later calls of that launch find.
 */
export interface EmittedKernel {
  readonly func: Func<['i32', 'i32', 'i32', 'i32'], []>
  readonly units: number
  readonly scratchBytes: number
}

/** What the code may use. */
export interface Target {
  readonly memory: ImportMemory
  /** Whether the engine has relaxed SIMD (fused multiply-add). */
  readonly relaxed: boolean
  /** The product of a BLAS, where there is one; see `Sgemm`. */
  readonly sgemm: SgemmImport | undefined
}

export type SgemmImport = ImportFunc<'i32'[], []>

export const importSgemm = (sgemm: Sgemm): SgemmImport =>
  importFunc({ in: [i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32], out: [] }, sgemm)

/** Byte address of the program's fault: three i32 (code, value, size), the first 0 while there is none. */
export const FAULT_ADDRESS = 64
