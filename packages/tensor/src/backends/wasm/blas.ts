import { DeviceError } from '../../errors.ts'

/**
 * c = op(a) · op(b) in row-major f32, where op transposes if its flag is 1; op(a) is m×k and op(b) k×n. Addresses are
 * in bytes, as signed as WebAssembly hands them over; strides lie between rows, in elements.
 */
export type Sgemm = (
  transposeA: number,
  transposeB: number,
  m: number,
  n: number,
  k: number,
  a: number,
  strideA: number,
  b: number,
  strideB: number,
  c: number,
  strideC: number,
) => void

/** What a Node module that connects a BLAS exports; every thread loads it. */
export interface SgemmModule {
  /** The library that loads, of the given name or path or else of those it knows; throws an error that says what to install. */
  readonly findLibrary: (wanted?: string) => string
  /** The library's product on a memory, computed on the calling thread. */
  readonly sgemmIn: (library: string, memory: WebAssembly.Memory) => Sgemm
}

/** A library to multiply matrices with, and the path of the module that connects it. */
export interface Blas {
  readonly module: string
  readonly library: string
}

/** `null` is none; undefined until it is asked for. */
let chosen: Blas | null | undefined

export const chooseBlas = (blas: Blas | undefined): void => void (chosen = blas ?? null)

/** The library that kernels made from now on use. */
export function currentBlas(): Blas | undefined {
  if (chosen === undefined) chosen = fromEnvironment() ?? null
  return chosen ?? undefined
}

export const sgemmIn = ({ module, library }: Blas, memory: WebAssembly.Memory): Sgemm =>
  load(module).sgemmIn(library, memory)

/** @throws DeviceError outside of Node, or where no library loads */
export function findBlas(module: string, wanted?: string): Blas {
  try {
    return { module, library: load(module).findLibrary(wanted) }
  } catch (error) {
    throw new DeviceError('setBlas', error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function load(module: string): SgemmModule {
  return requireFrom(module)(module) as SgemmModule
}

function requireFrom(path: string): NodeJS.Require {
  const node = globalThis.process?.getBuiltinModule?.('node:module')
  if (node === undefined) throw new Error('a BLAS library needs Node')
  return node.createRequire(path)
}

/** `WIDS_BLAS` is 1, or the name or path of a library; or 0 for none. */
function fromEnvironment(): Blas | undefined {
  const wanted = globalThis.process?.env?.['WIDS_BLAS'] ?? ''
  if (wanted === '' || wanted === '0') return undefined
  try {
    return findBlas(installedModule(), wanted === '1' ? undefined : wanted)
  } catch (error) {
    console.warn(`wids: WIDS_BLAS=${wanted} has no effect: ${(error as Error).message}`)
    return undefined
  }
}

/** `@wids/blas` beside the program that runs, which a command is a link to, or in the folder where it was started. */
function installedModule(): string {
  const { existsSync, realpathSync } = process.getBuiltinModule('node:fs')
  const program = process.argv[1] ?? ''
  for (const from of [existsSync(program) ? realpathSync(program) : program, `${process.cwd()}/`])
    try {
      return requireFrom(from).resolve('@wids/blas/sgemm')
    } catch {
      continue
    }
  throw new Error('@wids/blas is not installed here; install it with `npm install @wids/blas`')
}
