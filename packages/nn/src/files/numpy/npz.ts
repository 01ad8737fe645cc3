import type { Tensor } from '@wids/tensor'
import { type UnzipFileInfo, unzipSync, type Zippable, zipSync } from 'fflate'
import { FormatError } from '../errors.ts'
import { decodeNpy, encodeNpy } from './npy.ts'

const ending = '.npy'
/** Deflate makes nothing more than so many times as small. */
const mostRatio = 1032

/**
 * Reads NumPy arrays (`numpy.savez`, `numpy.savez_compressed`) from memory, by name; `readNpz` reads a file.
 *
 * @param name what errors call the source
 * @throws FormatError where the bytes are no such file, or hold what no tensor here can
 * @example
 * const { x, y } = decodeNpz(new Uint8Array(await (await fetch(url)).arrayBuffer()))
 */
export function decodeNpz(bytes: Uint8Array, name = 'npz'): Record<string, Tensor> {
  const files = Object.entries(unzip(bytes, name))
  return Object.fromEntries(
    files.map(([file, content]) => [file.slice(0, -ending.length), decodeNpy(content, `${name}: ${file}`)]),
  )
}

function unzip(bytes: Uint8Array, name: string): Record<string, Uint8Array> {
  const seen = new Set<string>()
  let packed = 0
  const filter = (file: UnzipFileInfo): boolean => {
    packed += file.size
    checkMember(file, name)
    if (seen.has(file.name)) throw new FormatError(name, `it holds '${file.name}' twice`)
    if (packed > bytes.length) throw new FormatError(name, 'its members take more bytes than it has')
    seen.add(file.name)
    return true
  }
  try {
    return unzipSync(bytes, { filter })
  } catch (cause) {
    if (cause instanceof FormatError) throw cause
    throw new FormatError(name, `it is no zip file: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}

/** Sizes that a member claims are believed only where its bytes could make them. */
function checkMember({ name: member, size, originalSize, compression }: UnzipFileInfo, name: string): void {
  if (!member.endsWith(ending)) throw new FormatError(name, `it holds '${member}', which is no .npy file`)
  if (originalSize > (compression === 0 ? size : mostRatio * size))
    throw new FormatError(name, `'${member}' claims ${originalSize} bytes, which its ${size} cannot hold`)
}

/** A time for all members, so that equal arrays give equal bytes; the first that zip knows. */
const mtime = new Date(1980, 0, 1)

/**
 * Writes NumPy arrays to memory, as `numpy.load` reads them; `writeNpz` writes a file. Equal tensors give equal bytes.
 *
 * @param options `compress`: whether to make them smaller. Default false
 * @throws DTypeError for bf16, which NumPy has not
 * @example
 * const bytes = await encodeNpz({ x: tensor([1, 2]), y: tensor([3]) })   // numpy.load(path)['x']
 */
export async function encodeNpz(
  tensors: Readonly<Record<string, Tensor>>,
  { compress = false }: { readonly compress?: boolean } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const files: [string, Zippable[string]][] = []
  for (const [name, tensor] of Object.entries(tensors))
    files.push([`${name}${ending}`, [await encodeNpy(tensor), { level: compress ? 6 : 0, mtime }]])
  return zipSync(Object.fromEntries(files))
}
