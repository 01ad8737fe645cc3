import koffi from 'koffi'

/**
 * order, op(a), op(b), m, n, k, alpha, a, stride of a, b, stride of b, beta, c, stride of c, of which a, b and c are
 * addresses in the process.
 */
const declaration =
  'void cblas_sgemm(int, int, int, int, int, int, float, intptr_t, int, intptr_t, int, float, intptr_t, int)'
export type CSgemm = (...args: readonly number[]) => void

/** File names of libraries by operating system, likeliest first. Plain `libblas` is left out, as it may be the slow reference. */
const candidates: Readonly<Record<string, readonly string[]>> = {
  linux: ['libopenblas.so.0', 'libopenblasp.so.0', 'libblis.so.4', 'libmkl_rt.so.2'],
  darwin: ['/System/Library/Frameworks/Accelerate.framework/Accelerate'],
  win32: ['libopenblas.dll', 'openblas.dll', 'mkl_rt.2.dll'],
}

const advice: Readonly<Record<string, string>> = {
  linux:
    'install one, on Debian or Ubuntu `apt install libopenblas0-pthread`, on Fedora `dnf install openblas-threads`',
  darwin: 'Accelerate is part of macOS',
  win32: 'put `libopenblas.dll` on the PATH',
}

/** How libraries are told to use one thread: work is shared out among ours. */
const threadSetters = [
  'void openblas_set_num_threads(int)',
  'void bli_thread_set_num_threads(int64_t)',
  'void MKL_Set_Num_Threads(int)',
]
/** The same for those that read it from the environment when they are loaded. */
const threadVariables = [
  'OPENBLAS_NUM_THREADS',
  'BLIS_NUM_THREADS',
  'MKL_NUM_THREADS',
  'OMP_NUM_THREADS',
  'VECLIB_MAXIMUM_THREADS',
]

const opened = new Map<string, CSgemm>()

/**
 * `cblas_sgemm` of a library, which computes on the calling thread alone from then on.
 *
 * @throws Error unless the library loads and has the function
 */
export function openLibrary(name: string): CSgemm {
  const known = opened.get(name)
  if (known !== undefined) return known
  const library = withVariables(threadVariables, '1', () => koffi.load(name))
  const sgemm = library.func(declaration) as CSgemm
  for (const setThreads of threadSetters)
    try {
      library.func(setThreads)(1)
    } catch {
      continue // Another library's.
    }
  opened.set(name, sgemm)
  return sgemm
}

/** Runs `body` with variables of the environment set. */
function withVariables<T>(names: readonly string[], value: string, body: () => T): T {
  const before = names.map(name => process.env[name])
  for (const name of names) process.env[name] = value
  try {
    return body()
  } finally {
    names.forEach((name, i) => {
      if (before[i] === undefined) delete process.env[name]
      else process.env[name] = before[i]
    })
  }
}

/**
 * The name of the wanted library, or of the first one that loads.
 *
 * @throws Error that says what to install
 */
export function findLibrary(wanted?: string): string {
  if (wanted !== undefined) return checked(wanted)
  const { platform } = process
  const names = candidates[platform] ?? []
  const found = names.find(name => {
    try {
      return checked(name)
    } catch {
      return false
    }
  })
  if (found !== undefined) return found
  throw new Error(`no BLAS library is installed (looked for ${names.join(', ') || 'none'}); ${adviceHere()}`)
}

/** The name, if the library loads. */
function checked(name: string): string {
  try {
    openLibrary(name)
    return name
  } catch (error) {
    throw new Error(`the BLAS library ${name} cannot be used (${(error as Error).message}); ${adviceHere()}`, {
      cause: error,
    })
  }
}

const adviceHere = (): string => advice[process.platform] ?? 'name one that you have'
