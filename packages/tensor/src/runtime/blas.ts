import { chooseBlas, findBlas } from '../backends/wasm/blas.ts'
import { forgetPrograms } from './realize.ts'

/**
 * Lets a BLAS of the system multiply matrices in programs compiled from now on, through a Node module that exports
 * `SgemmModule` (`@wids/blas` calls this with its own); without a module, WebAssembly multiplies again. What `compile`
 * has traced already stays as it is.
 *
 * @param module path of that module
 * @param library name or path of the BLAS; by default one that the module finds
 * @returns the library that loaded
 * @throws DeviceError outside of Node, or where no library loads
 * @example
 * setBlas(undefined)   // from now on WebAssembly
 */
export function setBlas(module: string, library?: string): string
export function setBlas(module: undefined): void
export function setBlas(module: string | undefined, library?: string): string | undefined {
  const blas = module === undefined ? undefined : findBlas(module, library)
  chooseBlas(blas)
  forgetPrograms()
  return blas?.library
}
