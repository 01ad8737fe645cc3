import type { Tensor } from '@wids/tensor'
import { writeAtomically } from '../nodeFiles.ts'
import { orCheckpointError } from '../systemErrors.ts'
import type { Safetensors } from './decode.ts'
import { encodedParts } from './encode.ts'
import { openSafetensors } from './open.ts'

/**
 * Reads a safetensors file, tensor by tensor, in Node; `openSafetensors` reads parts of one.
 *
 * @param path of a file, or of the index of several ('model.safetensors.index.json')
 * @param options `names`: read only these. Default all
 * @throws FormatError if the file is missing, breaks a rule of the format, or holds what no tensor here can;
 * ArgumentError for a name that it does not have
 * @example
 * const { tensors, metadata } = await readSafetensors('model.safetensors')
 * model.loadStateDict(tensors)
 */
export async function readSafetensors(
  path: string,
  { names }: { readonly names?: readonly string[] } = {},
): Promise<Safetensors> {
  const file = await openSafetensors(path)
  try {
    const tensors: [string, Tensor][] = []
    for (const name of names ?? file.tensors.keys()) tensors.push([name, await file.read(name)])
    return { tensors: Object.fromEntries(tensors), metadata: file.metadata }
  } finally {
    await file.close()
  }
}

/**
 * Writes tensors to a safetensors file in Node, atomically: the path holds the old file or the whole new one.
 *
 * @param metadata texts that are stored with them
 * @throws CheckpointError if it cannot be written
 * @example
 * await writeSafetensors('model.safetensors', model.stateDict())
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const parts = encodedParts(tensors, metadata)
  await orCheckpointError(path, 'it cannot be written', () => writeAtomically(path, parts))
}
