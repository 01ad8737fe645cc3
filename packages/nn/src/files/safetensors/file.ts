import { ArgumentError, type Tensor } from '@wids/tensor'
import { CheckpointError, FormatError } from '../errors.ts'
import { codeOf, type OpenFile, withFile, writeAtomically } from '../nodeFiles.ts'
import { type Safetensors, tensorOf } from './decode.ts'
import { encodedParts } from './encode.ts'
import { type Entry, headerLength, lengthBytes, parseHeader } from './header.ts'

/**
 * Reads a safetensors file, tensor by tensor, in Node.
 *
 * @param names read only these. Default all
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
  try {
    return await withFile(path, file => readOpen(path, file, names))
  } catch (cause) {
    const code = codeOf(cause)
    if (code === undefined) throw cause
    throw new FormatError(path, code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`, { cause })
  }
}

async function readOpen(path: string, file: OpenFile, names: readonly string[] | undefined): Promise<Safetensors> {
  const length = headerLength(await file.read(0, lengthBytes), file.size, path)
  const dataStart = lengthBytes + length
  const { metadata, entries } = parseHeader(await file.read(lengthBytes, dataStart), file.size - dataStart, path)
  const tensors: [string, Tensor][] = []
  for (const name of names ?? entries.keys()) {
    const entry = entries.get(name)
    if (entry === undefined)
      throw new ArgumentError(
        'readSafetensors',
        `${path} has no tensor '${name}'; it has ${[...entries.keys()].join(', ')}`,
      )
    tensors.push([name, tensorOf(name, entry, await readEntry(path, file, dataStart, entry), path)])
  }
  return { tensors: Object.fromEntries(tensors), metadata }
}

async function readEntry(
  path: string,
  file: OpenFile,
  dataStart: number,
  { start, end }: Entry,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await file.read(dataStart + start, dataStart + end)
  if (bytes.length !== end - start) throw new FormatError(path, 'it became shorter while it was read')
  return bytes
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
  try {
    await writeAtomically(path, encodedParts(tensors, metadata))
  } catch (cause) {
    if (codeOf(cause) === undefined) throw cause
    throw new CheckpointError(path, `it cannot be written (${codeOf(cause)})`, { cause })
  }
}
