import { type DType, DTypeError, type Tensor } from '@wids/tensor'
import { readBytes } from '@wids/tensor/graph'
import { tensorOf } from '../stored/tensorOf.ts'
import { storedTypes } from '../stored/types.ts'
import { magic, parseNpyHeader } from './header.ts'

/**
 * Reads a NumPy array (`numpy.save`) from memory; `readNpy` reads a file. Any byte order and both orders of axes are
 * read. uint8, int16 and uint16 become i32; int64 and uint64 become i32 and u32 where all values fit.
 *
 * @param name what errors call the source
 * @throws FormatError where the bytes are no such file, or hold what no tensor here can
 * @example
 * const x = decodeNpy(new Uint8Array(await (await fetch(url)).arrayBuffer()))
 */
export function decodeNpy(bytes: Uint8Array, name = 'npy'): Tensor {
  const { type, shape, fortran, bigEndian, dataStart } = parseNpyHeader(bytes, name)
  const data = bytes.slice(dataStart)
  if (bigEndian) reverseEach(data, storedTypes[type]!.bits / 8)
  if (!fortran || shape.length < 2) return tensorOf('the array', type, shape, data, name)
  return tensorOf('the array', type, shape.toReversed(), data, name).permute(shape.map((_, axis) => -1 - axis))
}

/** Reverses the bytes of each element. */
function reverseEach(data: Uint8Array, width: number): void {
  for (let at = 0; at < data.length; at += width) data.subarray(at, at + width).reverse()
}

/** What NumPy calls a dtype, which has no bf16. */
const descrOf: Readonly<Partial<Record<DType, string>>> = {
  f64: '<f8',
  f32: '<f4',
  f16: '<f2',
  i32: '<i4',
  u32: '<u4',
  i8: '|i1',
  bool: '|b1',
}

/** NumPy leaves room for a first size of so many digits, and begins elements at multiples of 64 bytes. */
const digits = 21
const alignment = 64

/**
 * Writes a NumPy array to memory, the bytes that `numpy.save` writes; `writeNpy` writes a file.
 *
 * @throws DTypeError for bf16, which NumPy has not
 * @example
 * const bytes = await encodeNpy(tensor([[1, 2], [3, 4]]))
 */
export async function encodeNpy(x: Tensor): Promise<Uint8Array<ArrayBuffer>> {
  const { dtype, shape } = x
  const descr = descrOf[dtype]
  if (descr === undefined) throw new DTypeError('encodeNpy', `NumPy has no ${dtype}; convert it with to('f32')`)
  const data = await readBytes(x)
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const room = shape.length === 0 ? 0 : digits - String(shape[0]).length
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }${' '.repeat(room)}`
  const filled = magic.length + 4 + text.length + 1
  const header = `${text}${' '.repeat(alignment - (filled % alignment))}\n`
  const start = `${magic}\x01\x00${String.fromCharCode(header.length & 255, header.length >> 8)}${header}`
  const bytes = new Uint8Array(start.length + data.length)
  bytes.set(Uint8Array.from(start, char => char.charCodeAt(0)))
  bytes.set(data, start.length)
  return bytes
}
