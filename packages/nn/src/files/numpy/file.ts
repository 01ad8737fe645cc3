import type { Tensor } from '@wids/tensor'
import { readWhole, writeAtomically } from '../nodeFiles.ts'
import { orCheckpointError, orFormatError } from '../systemErrors.ts'
import { decodeNpy, encodeNpy } from './npy.ts'
import { decodeNpz, encodeNpz } from './npz.ts'

const read = (path: string): Promise<Uint8Array<ArrayBuffer>> => orFormatError(path, () => readWhole(path))
const write = (path: string, bytes: Uint8Array): Promise<void> =>
  orCheckpointError(path, 'it cannot be written', () => writeAtomically(path, [bytes]))

/**
 * Reads a NumPy array (`numpy.save`) in Node.
 *
 * @throws FormatError if the file is missing, or is none that `decodeNpy` reads
 * @example
 * const x = await readNpy('x.npy')
 */
export const readNpy = async (path: string): Promise<Tensor> => decodeNpy(await read(path), path)

/**
 * Writes a NumPy array in Node, atomically (`numpy.load` reads it).
 *
 * @throws DTypeError for bf16, which NumPy has not; CheckpointError if it cannot be written
 * @example
 * await writeNpy('x.npy', tensor([1, 2]))
 */
export const writeNpy = async (path: string, x: Tensor): Promise<void> => write(path, await encodeNpy(x))

/**
 * Reads NumPy arrays (`numpy.savez`, `numpy.savez_compressed`) in Node, by name.
 *
 * @throws FormatError if the file is missing, or is none that `decodeNpz` reads
 * @example
 * const { x, y } = await readNpz('data.npz')
 */
export const readNpz = async (path: string): Promise<Record<string, Tensor>> => decodeNpz(await read(path), path)

/**
 * Writes NumPy arrays in Node, atomically (`numpy.load` reads them).
 *
 * @param options `compress`: whether to make them smaller. Default false
 * @throws DTypeError for bf16, which NumPy has not; CheckpointError if it cannot be written
 * @example
 * await writeNpz('data.npz', { x: tensor([1, 2]), y: tensor([3]) })
 */
export const writeNpz = async (
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  options: { readonly compress?: boolean } = {},
): Promise<void> => write(path, await encodeNpz(tensors, options))
