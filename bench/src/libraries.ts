import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { findLibrary } from '@wids/blas/sgemm'
import type { Model } from './models/index.ts'
import type { Task } from './tasks.ts'

/** A library in a process of its own. */
export interface Library {
  /** Short name; `--peers` takes it or what stands before its '-'. */
  readonly name: string
  /** Name in results. */
  readonly title: string
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Whether it can do a task in reasonable time. */
  readonly supports: (task: Task) => boolean
}

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const nodeCommand = (model: Model): readonly string[] => [
  process.execPath,
  '--conditions=@wids/source',
  '--disable-warning=ExperimentalWarning',
  pathOf('./child.ts'),
  model,
]

const anything = (): boolean => true
const ofTensors = (task: Task): boolean => task.kind !== 'tokenize'
/** TensorFlow.js in plain JavaScript: about a GFLOP/s. */
const isSmall = (task: Task): boolean =>
  (task.kind === 'train' && task.recipe.width <= 128) || (task.kind === 'matmul' && task.product.m <= 384)

export const wids: Library = { name: 'wids', title: 'wids', command: nodeCommand('wids'), supports: anything }
export const widsPlain: Library = {
  name: 'wids-plain',
  title: 'wids, not compiled',
  command: nodeCommand('wids-plain'),
  supports: task => task.kind === 'train',
}

/** Ours with the system's BLAS, if there is one. */
export function widsBlas(): Library | undefined {
  try {
    findLibrary()
  } catch {
    return undefined
  }
  return { ...wids, name: 'wids-blas', title: 'wids, BLAS', env: { WIDS_BLAS: '1' }, supports: hasLargeProducts }
}

const hasLargeProducts = (task: Task): boolean =>
  (task.kind === 'train' && task.recipe.width >= 128) || task.kind === 'matmul'

/** Ours on a number of threads. */
export const widsOn = (threads: number): Library => ({
  ...wids,
  name: `wids-${threads}`,
  title: threadsTitle('wids', threads),
  env: { WIDS_THREADS: String(threads) },
})

/** What one core of the machine can do at most. */
export const limit: Library = { name: 'limit', title: 'limit', command: nodeCommand('limit'), supports: anything }

const threadsTitle = (name: string, threads: number): string => `${name}, ${threads} thread${threads === 1 ? '' : 's'}`

const torchOn = (python: string, version: string, threads: number): Library => ({
  name: `torch-${threads}`,
  title: threadsTitle(`PyTorch ${version}`, threads),
  command: [python, '-B', pathOf('./models/torch/child.py')],
  env: { WIDS_BENCH_THREADS: String(threads), OMP_NUM_THREADS: String(threads) },
  supports: ofTensors,
})

/** PyTorch, if a Python that has it is at hand: $WIDS_PYTHON, else python3. */
function torchLibraries(): readonly Library[] {
  const python = process.env.WIDS_PYTHON ?? 'python3'
  const look =
    "import importlib.metadata as m, importlib.util as u; assert u.find_spec('torch'); print(m.version('torch'))"
  const { status, stdout } = spawnSync(python, ['-c', look], { encoding: 'utf8' })
  if (status !== 0) return []
  const version = stdout.trim().replace(/\+.*/, '')
  return [...new Set([1, availableParallelism()])].map(threads => torchOn(python, version, threads))
}

const inNode: readonly Library[] = [
  { name: 'jax', title: '@jax-js/jax', command: nodeCommand('jax'), supports: ofTensors },
  { name: 'tfjs-wasm', title: '@tensorflow/tfjs wasm', command: nodeCommand('tfjs-wasm'), supports: ofTensors },
  { name: 'tfjs-cpu', title: '@tensorflow/tfjs cpu', command: nodeCommand('tfjs-cpu'), supports: isSmall },
  { name: 'tokenizers', title: 'tokenizers', command: nodeCommand('tokenizers'), supports: task => !ofTensors(task) },
]

export const peerFamilies: readonly string[] = ['jax', 'tfjs', 'torch', 'tokenizers']

/** The peers that are here, or those of them that were asked for. */
export function peersOf(wanted: readonly string[] | undefined): readonly Library[] {
  const isWanted = (name: string): boolean =>
    wanted === undefined || wanted.some(want => name === want || name.startsWith(`${want}-`))
  const withTorch = wanted === undefined || wanted.some(want => want.startsWith('torch'))
  return [...inNode, ...(withTorch ? torchLibraries() : [])].filter(({ name }) => isWanted(name))
}
