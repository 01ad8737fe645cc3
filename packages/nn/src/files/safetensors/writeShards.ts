import { ArgumentError, dtypes, type Tensor } from '@wids/tensor'
import { joined, removeDurably, writeAtomically } from '../nodeFiles.ts'
import { orCheckpointError } from '../systemErrors.ts'
import { encodedParts } from './encode.ts'

/** Options of {@link writeShardedSafetensors}. */
export interface ShardOptions {
  /** Bytes of tensors in a file; a larger tensor gets a file of its own. Default 5 · 10⁹, Hugging Face's. */
  readonly maxBytes?: number | undefined
  /** What the files are called. Default 'model'. */
  readonly name?: string | undefined
  /** Texts that are stored in every file. Default none. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/**
 * Writes tensors to files of limited size in Node, as Hugging Face names them: 'model-00001-of-00003.safetensors' and
 * 'model.safetensors.index.json', or 'model.safetensors' where one is enough. Tensors keep their order. An index that is
 * there goes first and the new one comes last, so that it never leads to files of two writes.
 *
 * @param folder that exists
 * @returns the path to read from
 * @throws CheckpointError if they cannot be written
 * @example
 * const path = await writeShardedSafetensors('llama', model.stateDict(), { maxBytes: 1e9 })
 * const { tensors } = await readSafetensors(path)
 */
export async function writeShardedSafetensors(
  folder: string,
  tensors: Readonly<Record<string, Tensor>>,
  { maxBytes = 5e9, name = 'model', metadata = {} }: ShardOptions = {},
): Promise<string> {
  if (!(maxBytes > 0)) throw new ArgumentError('writeShardedSafetensors', `maxBytes is positive, got ${maxBytes}`)
  const shards = split(tensors, maxBytes)
  const fileOf = (at: number): string =>
    shards.length === 1
      ? `${name}.safetensors`
      : `${name}-${fiveDigits(at + 1)}-of-${fiveDigits(shards.length)}.safetensors`
  const files = shards.map((shard, at) => [fileOf(at), encodedParts(shard, metadata)] as const)
  const index = joined(folder, `${name}.safetensors.index.json`)
  return orCheckpointError(folder, 'the safetensors cannot be written', async () => {
    await removeDurably(index)
    for (const [file, parts] of files) await writeAtomically(joined(folder, file), parts)
    if (shards.length === 1) return joined(folder, fileOf(0))
    await writeAtomically(index, [indexOf(shards, fileOf)])
    return index
  })
}

type Shard = Readonly<Record<string, Tensor>>

const fiveDigits = (n: number): string => String(n).padStart(5, '0')
const bytesOf = ({ size, dtype }: Tensor): number => size * dtypes[dtype].bytes

/** Tensors one after another, in as many shards as they need; at least one. */
function split(tensors: Shard, maxBytes: number): Shard[] {
  const shards: [string, Tensor][][] = [[]]
  let bytes = 0
  for (const entry of Object.entries(tensors)) {
    const more = bytesOf(entry[1])
    if (bytes + more > maxBytes && shards.at(-1)!.length > 0) {
      shards.push([])
      bytes = 0
    }
    shards.at(-1)!.push(entry)
    bytes += more
  }
  return shards.map(shard => Object.fromEntries(shard))
}

function indexOf(shards: readonly Shard[], fileOf: (at: number) => string): Uint8Array {
  const places = shards.flatMap((shard, at) => Object.keys(shard).map(name => [name, fileOf(at)] as const))
  const total = shards.flatMap(shard => Object.values(shard)).reduce((sum, tensor) => sum + bytesOf(tensor), 0)
  const sorted = places.toSorted(([a], [b]) => (a < b ? -1 : 1))
  const fields = { metadata: { total_size: total }, weight_map: Object.fromEntries(sorted) }
  return new TextEncoder().encode(`${JSON.stringify(fields, null, 2)}\n`)
}
