import { setBlas } from '@wids/tensor'

/** The library that multiplies matrices, or why none does. */
export type BlasState =
  | { readonly library: string; readonly reason?: never }
  | { readonly library?: never; readonly reason: string }

/**
 * Lets the system's BLAS multiply matrices in programs compiled from now on; importing this package does it once. A
 * library is named by its file name or path, else the known ones are tried. Where none loads, WebAssembly goes on.
 *
 * @example
 * const { library, reason } = useBlas()   // 'libopenblas.so.0', undefined
 */
export function useBlas(library?: string): BlasState {
  try {
    return { library: setBlas(connection(), library) }
  } catch (error) {
    return { reason: (error as Error).message }
  }
}

/** Lets WebAssembly multiply again, in programs compiled from now on. */
export const leaveBlas = (): void => setBlas(undefined)

/** The path of the module that threads load. */
function connection(): string {
  const node = globalThis.process?.getBuiltinModule?.('node:module')
  if (node === undefined) throw new Error('BLAS libraries need Node')
  return node.createRequire(import.meta.url).resolve('@wids/blas/sgemm')
}

if (globalThis.process?.env?.['WIDS_BLAS'] !== '0') {
  const { reason } = useBlas()
  if (reason !== undefined) console.warn(`wids: matrices are multiplied in WebAssembly: ${reason}`)
}
