import type { Tensor } from '@wids/tensor'
import { CheckpointError } from './errors.ts'
import { codeOf, isTemporary, joined, namesIn, readText, removeFolder, writeFolderAtomically } from './nodeFiles.ts'
import { encodedParts } from './safetensors/encode.ts'
import { readSafetensors } from './safetensors/file.ts'

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Everything that a run needs to go on. */
export interface Checkpoint {
  /** Steps taken. */
  readonly step: number
  /** `model.stateDict()` */
  readonly model: Readonly<Record<string, Tensor>>
  /** `optimizer.stateDict()` */
  readonly optimizer?: Readonly<Record<string, Tensor>> | undefined
  /** States of random generators, by name. */
  readonly random?: Readonly<Record<string, Tensor>> | undefined
  /** Configuration, position in the data, best loss, and whatever else is not a tensor. */
  readonly extra?: Json | undefined
}

const parts = ['model', 'optimizer', 'random'] as const
const description = 'checkpoint.json'

/**
 * Saves a checkpoint in a folder of its own, `folder/step-00000100`, in Node: 'model.safetensors',
 * 'optimizer.safetensors', 'random.safetensors' and 'checkpoint.json'. It appears whole or not at all, and older ones go
 * only afterwards. One process at a time may save into a folder.
 *
 * @param keep how many checkpoints stay. Default 1
 * @returns the path of the checkpoint
 * @throws CheckpointError if it cannot be written
 * @example
 * await saveCheckpoint('runs/moby', { step, model: model.stateDict(), optimizer: optimizer.stateDict(), extra: { loss } })
 */
export async function saveCheckpoint(
  folder: string,
  checkpoint: Checkpoint,
  { keep = 1 }: { readonly keep?: number } = {},
): Promise<string> {
  const { step, extra = null } = checkpoint
  if (!Number.isSafeInteger(step) || step < 0)
    throw new CheckpointError(folder, `the step of a checkpoint is a whole number, got ${step}`)
  if (!(keep >= 1)) throw new CheckpointError(folder, `at least one checkpoint is kept, got keep = ${keep}`)
  const held = parts.filter(part => checkpoint[part] !== undefined)
  const text = JSON.stringify({ version: 1, step, parts: held, extra }, null, 2)
  const tensors = held.map(part => [`${part}.safetensors`, encodedParts(checkpoint[part]!)] as const)
  try {
    const path = joined(folder, freeName(step, (await namesIn(folder)) ?? []))
    await writeFolderAtomically(path, {
      ...Object.fromEntries(tensors),
      [description]: [new TextEncoder().encode(`${text}\n`)],
    })
    await removeOthers(folder, keep)
    return path
  } catch (cause) {
    if (codeOf(cause) === undefined) throw cause
    throw new CheckpointError(
      folder,
      `the checkpoint cannot be written (${codeOf(cause)}); earlier ones are untouched`,
      { cause },
    )
  }
}

/** Removes all but the newest, and what killed writers left. */
async function removeOthers(folder: string, keep: number): Promise<void> {
  const names = (await namesIn(folder)) ?? []
  for (const name of [...names.filter(isTemporary), ...sorted(names).slice(0, -keep)])
    await removeFolder(joined(folder, name))
}

/**
 * Loads a checkpoint in Node.
 *
 * @param folder that of `saveCheckpoint`, for the newest, or that of one checkpoint
 * @throws CheckpointError if there is none, FormatError if its files are damaged
 * @example
 * const { model: weights, step } = await loadCheckpoint('runs/moby')
 * model.loadStateDict(weights)
 */
export async function loadCheckpoint(folder: string): Promise<Checkpoint & { readonly path: string }> {
  const names = (await namesIn(folder)) ?? []
  const newest = sorted(names).at(-1)
  if (!names.includes(description) && newest === undefined)
    throw new CheckpointError(folder, 'there is no checkpoint here')
  const path = names.includes(description) ? folder : joined(folder, newest!)
  const { step, held, extra } = await describe(path)
  const [model, optimizer, random] = await Promise.all(
    parts.map(async part =>
      held.includes(part) ? (await readSafetensors(joined(path, `${part}.safetensors`))).tensors : undefined,
    ),
  )
  return { path, step, model: model ?? {}, optimizer, random, extra }
}

async function describe(path: string): Promise<{ step: number; held: readonly unknown[]; extra: Json }> {
  const file = joined(path, description)
  try {
    const fields: unknown = JSON.parse(await readText(file))
    if (isDescription(fields)) return { step: fields.step, held: fields.parts, extra: fields.extra ?? null }
  } catch (cause) {
    throw new CheckpointError(file, `it cannot be read (${codeOf(cause) ?? 'it is not JSON'})`, { cause })
  }
  throw new CheckpointError(file, 'it does not describe a checkpoint of this version')
}

const isDescription = (value: unknown): value is { step: number; parts: readonly unknown[]; extra?: Json } =>
  typeof value === 'object' &&
  value !== null &&
  'version' in value &&
  value.version === 1 &&
  'step' in value &&
  Number.isSafeInteger(value.step) &&
  'parts' in value &&
  Array.isArray(value.parts)

/** `step-00000100`, or `step-00000100.2` where the step was saved before. */
const pattern = /^step-(\d+)(?:\.(\d+))?$/

/** Checkpoints among names, oldest first. */
const sorted = (names: readonly string[]): string[] =>
  names
    .flatMap(name => {
      const match = pattern.exec(name)
      return match === null ? [] : [{ name, step: Number(match[1]), again: Number(match[2] ?? 0) }]
    })
    .sort((a, b) => a.step - b.step || a.again - b.again)
    .map(({ name }) => name)

function freeName(step: number, names: readonly string[]): string {
  const name = `step-${String(step).padStart(8, '0')}`
  for (let again = 0; ; again++) {
    const candidate = again === 0 ? name : `${name}.${again}`
    if (!names.includes(candidate)) return candidate
  }
}
