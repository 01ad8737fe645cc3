import type { Shape } from '@wids/tensor'
import { FormatError } from '../errors.ts'
import { bytesOf, isSizes, storedTypes } from '../stored/types.ts'
import { parseDictionary } from './literal.ts'

/** What the header of an .npy file says. */
export interface NpyHeader {
  /** The type of the elements, as safetensors names it. */
  readonly type: string
  readonly shape: Shape
  /** Whether the first axis moves fastest. */
  readonly fortran: boolean
  readonly bigEndian: boolean
  /** Where the elements begin. */
  readonly dataStart: number
}

export const magic = '\x93NUMPY'
/** NumPy's own limit for files it does not trust. */
const longest = 10_000

/** NumPy's names of types without their byte order, and those of safetensors. */
const types: Readonly<Record<string, string>> = {
  b1: 'BOOL',
  i1: 'I8',
  u1: 'U8',
  i2: 'I16',
  u2: 'U16',
  i4: 'I32',
  u4: 'U32',
  i8: 'I64',
  u8: 'U64',
  f2: 'F16',
  f4: 'F32',
  f8: 'F64',
  c8: 'C64',
}

/**
 * Reads and checks a header, format versions 1 to 3 (NEP 1): the elements fill the rest of the file.
 *
 * @throws FormatError that says what is wrong
 */
export function parseNpyHeader(bytes: Uint8Array, file: string): NpyHeader {
  const { text, dataStart } = headerText(bytes, file)
  const { descr, fortran_order: fortran, shape, ...rest } = fieldsOf(text, file)
  if (typeof descr !== 'string' || typeof fortran !== 'boolean' || !isSizes(shape) || Object.keys(rest).length > 0)
    throw new FormatError(file, `its header is ${text.trim()}, and not a descr, a fortran_order and a shape of sizes`)
  const { type, bigEndian } = typeOf(descr, file)
  const expected = bytesOf(shape, storedTypes[type]!.bits)
  if (expected !== bytes.length - dataStart)
    throw new FormatError(
      file,
      `${descr} (${shape.join(', ')}) needs ${expected ?? 'more bytes than can be counted'}, but ${bytes.length - dataStart} follow the header`,
    )
  return { type, shape, fortran, bigEndian, dataStart }
}

function headerText(bytes: Uint8Array, file: string): { readonly text: string; readonly dataStart: number } {
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, magic.length)) !== magic)
    throw new FormatError(file, `it does not start with \\x93NUMPY; is it an .npy file?`)
  const [major = 0, minor = 0] = bytes.subarray(magic.length)
  if (![1, 2, 3].includes(major) || minor !== 0)
    throw new FormatError(file, `it has version ${major}.${minor}; versions 1.0, 2.0 and 3.0 can be read`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, 12)
  const from = major === 1 ? 10 : 12
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > longest) throw new FormatError(file, `its header claims ${length} bytes, and ${longest} are allowed`)
  if (from + length > bytes.length)
    throw new FormatError(file, `its header claims ${length} bytes, but the file has ${bytes.length}; it is cut off`)
  const text = String.fromCharCode(...bytes.subarray(from, from + length))
  return { text, dataStart: from + length }
}

function fieldsOf(text: string, file: string): Record<string, unknown> {
  try {
    return Object(parseDictionary(text)) as Record<string, unknown>
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    throw new FormatError(file, `its header cannot be read: ${problem}; records and objects are not supported`, {
      cause,
    })
  }
}

/** '<f4', '>i8', '|b1': byte order, kind, bytes */
function typeOf(descr: string, file: string): { readonly type: string; readonly bigEndian: boolean } {
  const [, order = '', name = ''] = /^([<>|])(\w+)$/.exec(descr) ?? []
  const type = Object.hasOwn(types, name) ? types[name]! : undefined
  if (type === undefined || (order === '|') !== (storedTypes[type]!.bits === 8))
    throw new FormatError(
      file,
      `its elements are '${descr}', which no dtype here holds; the types are ${Object.keys(types).join(', ')}`,
    )
  return { type, bigEndian: order === '>' }
}
