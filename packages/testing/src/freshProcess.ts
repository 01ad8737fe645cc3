import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What a script that ended printed: `result` is its last line, read as JSON. */
export interface FreshProcess<T> {
  readonly result: T
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a TypeScript file in a Node process of its own, from source, so that it starts with an untouched device.
 *
 * @example
 * const { result } = await inFreshProcess<number[]>(new URL('sums.ts', import.meta.url), { env: { WIDS_THREADS: '1' } })
 */
export async function inFreshProcess<T>(
  script: URL,
  {
    args = [],
    env = {},
    flags = [],
  }: { args?: readonly string[]; env?: NodeJS.ProcessEnv; flags?: readonly string[] } = {},
): Promise<FreshProcess<T>> {
  const command = ['--conditions=@wids/source', '--disable-warning=ExperimentalWarning', ...flags]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...command, fileURLToPath(script), ...args], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    maxBuffer: 2 ** 26,
  })
  return { result: JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as T, stdout, stderr }
}
