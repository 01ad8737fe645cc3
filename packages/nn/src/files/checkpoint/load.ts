import { ArgumentError, Tensor } from '@wids/tensor'
import { CheckpointError } from '../errors.ts'
import { joined, namesIn } from '../nodeFiles.ts'
import { readSafetensors } from '../safetensors/file.ts'
import { descriptionFile, readDescription } from './description.ts'
import { latestCheckpoint } from './folder.ts'
import type { Json, Run, StateDict, Stateful, StoredState } from './state.ts'

/** What a checkpoint holds beside the state of its parts. */
export interface CheckpointInfo {
  /** Its folder. */
  readonly path: string
  /** Steps taken. */
  readonly step: number
  /** What it was judged by when it was saved; undefined if by nothing. */
  readonly metric: number | undefined
  /** Whatever told how the run was set up. */
  readonly config: Json
}

/** A checkpoint that was read and not yet loaded into anything. */
export interface Checkpoint extends CheckpointInfo {
  /** The state of each part, by name. */
  readonly parts: Readonly<Record<string, StoredState>>
}

/**
 * Continues a run from a checkpoint, in Node: each part takes over its state. If one cannot, all are as they were.
 *
 * @param folder that of `saveCheckpoint`, for the checkpoint of most steps, or that of one checkpoint
 * @param run the parts to load, by the names they were saved under; a part that is not named stays in the file
 * @throws CheckpointError if there is no checkpoint, or it lacks a part or does not fit one; FormatError if its files
 * are damaged
 * @example
 * const { step } = await loadCheckpoint('runs/moby', { model, optimizer, loader, generator: defaultGenerator() })
 */
export async function loadCheckpoint(folder: string, run: Run): Promise<CheckpointInfo> {
  const { parts, ...info } = await readCheckpoint(folder, { parts: Object.keys(run) })
  const before = Object.entries(run).map(([name, part]) => [name, part, kept(part.stateDict())] as const)
  try {
    for (const [name, part] of Object.entries(run)) loadPart(info.path, name, part, parts[name]!)
  } catch (error) {
    for (const [, part, state] of before) part.loadStateDict(state)
    throw error
  }
  return info
}

/** A state whose tensors keep their values when those of the part are assigned. */
const kept = (state: StateDict): StateDict =>
  Object.fromEntries(
    Object.entries(state).map(([key, value]) => [key, value instanceof Tensor ? new Tensor(value.node) : value]),
  )

function loadPart(path: string, name: string, part: Stateful, { tensors, values }: StoredState): void {
  try {
    part.loadStateDict({ ...values, ...tensors })
  } catch (cause) {
    if (!(cause instanceof ArgumentError)) throw cause
    throw new CheckpointError(path, `'${name}' cannot take its state: ${cause.message}`, { cause })
  }
}

/**
 * Reads a checkpoint without loading it into anything, in Node.
 *
 * @param folder that of `saveCheckpoint`, for the checkpoint of most steps, or that of one checkpoint
 * @param options `parts`: read only these. Default all
 * @throws CheckpointError if there is no checkpoint, or it lacks a part; FormatError if its files are damaged
 * @example
 * const { step, parts } = await readCheckpoint('runs/moby', { parts: ['model'] })
 * console.log(step, Object.keys(parts.model.tensors))
 */
export async function readCheckpoint<Part extends string = string>(
  folder: string,
  { parts: names }: { readonly parts?: readonly Part[] } = {},
): Promise<Checkpoint & { readonly parts: Readonly<Record<Part, StoredState>> }> {
  const path = await pathOf(folder)
  const { step, metric, config, tensors, values } = await readDescription(path)
  const parts = (names ?? Object.keys(values)).map(async name => {
    if (!Object.hasOwn(values, name))
      throw new CheckpointError(path, `it has no part '${name}'; it has ${Object.keys(values).join(', ') || 'none'}`)
    const read = tensors.includes(name) ? await readSafetensors(joined(path, `${name}.safetensors`)) : { tensors: {} }
    return [name, { tensors: read.tensors, values: values[name]! }] as const
  })
  const states = Object.fromEntries(await Promise.all(parts)) as Record<Part, StoredState>
  return { path, step, metric: metric ?? undefined, config, parts: states }
}

async function pathOf(folder: string): Promise<string> {
  if ((await namesIn(folder))?.includes(descriptionFile)) return folder
  const latest = await latestCheckpoint(folder)
  if (latest === undefined) throw new CheckpointError(folder, 'there is no checkpoint here')
  return latest
}
