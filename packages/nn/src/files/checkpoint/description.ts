import { CheckpointError } from '../errors.ts'
import { codeOf, joined, readText } from '../nodeFiles.ts'
import { isPartName, type Json } from './state.ts'

export const descriptionFile = 'checkpoint.json'

/** What `checkpoint.json` says: all but the tensors. */
export interface Description {
  readonly version: 1
  /** Steps taken. */
  readonly step: number
  /** What the run is judged by, if that was a number. */
  readonly metric: number | null
  readonly config: Json
  /** Parts that have tensors, in 'PART.safetensors'. */
  readonly tensors: readonly string[]
  /** The rest of the state of every part. */
  readonly values: Readonly<Record<string, Readonly<Record<string, Json>>>>
}

export const encodeDescription = (description: Description): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(description, null, 2)}\n`)

/** @throws CheckpointError if the file is missing, damaged or of another version */
export async function readDescription(path: string): Promise<Description> {
  const file = joined(path, descriptionFile)
  let fields: unknown
  try {
    fields = JSON.parse(await readText(file))
  } catch (cause) {
    throw new CheckpointError(file, `it cannot be read (${codeOf(cause) ?? 'it is not JSON'})`, { cause })
  }
  if (!isDescription(fields)) throw new CheckpointError(file, 'it does not describe a checkpoint of this version')
  return fields
}

function isDescription(value: unknown): value is Description {
  if (!isObject(value)) return false
  const { version, step, metric, config, tensors, values } = value
  if (version !== 1 || !Number.isSafeInteger(step) || config === undefined) return false
  if (metric !== null && typeof metric !== 'number') return false
  if (!Array.isArray(tensors) || !tensors.every(isPartName)) return false
  return isObject(values) && Object.values(values).every(isObject)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
