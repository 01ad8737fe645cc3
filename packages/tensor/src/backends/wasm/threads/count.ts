import { ArgumentError, WidsError } from '../../../errors.ts'
import { mostThreads } from './control.ts'

let chosen: number | undefined

/**
 * Sets how many threads compute (default: `WIDS_THREADS`, else one a core), as `torch.set_num_threads`. Results are the
 * same for any number.
 *
 * @throws ArgumentError unless it is an integer from 1 to 64
 * @example
 * setThreads(2)
 */
export function setThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > mostThreads)
    throw new ArgumentError('setThreads', `the number of threads is an integer from 1 to ${mostThreads}, got ${count}`)
  chosen = count
}

/** How many threads compute. */
export function threadCount(): number {
  chosen ??= fromEnvironment() ?? coreCount()
  return chosen
}

/** How many cores the machine has, at most the number of threads that there may be. */
export const coreCount = (): number =>
  Math.min(mostThreads, Math.max(1, globalThis.navigator?.hardwareConcurrency ?? cores() ?? 1))

function fromEnvironment(): number | undefined {
  const text = globalThis.process?.env?.['WIDS_THREADS']
  if (text === undefined || text === '') return undefined
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > mostThreads)
    throw new WidsError(`WIDS_THREADS: the number of threads is an integer from 1 to ${mostThreads}, got '${text}'`)
  return count
}

/** Node 20 has no navigator. */
const cores = (): number | undefined => globalThis.process?.getBuiltinModule?.('node:os').availableParallelism()
