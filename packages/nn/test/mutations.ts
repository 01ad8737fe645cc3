import { tensor } from '@wids/tensor'
import fc from 'fast-check'
import { decodeNpy, decodeNpz, decodeSafetensors, encodeNpy, encodeNpz, encodeSafetensors } from '../src/index.ts'

type Mutation = (bytes: Uint8Array) => Uint8Array

/** A file format: a file, what reads it, and ways to damage it that its reader must look at closely. */
export interface Format {
  readonly name: string
  readonly decode: (bytes: Uint8Array) => unknown
  /** Damaged files. */
  readonly files: fc.Arbitrary<Uint8Array>
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, char => char.charCodeAt(0))
function splice(bytes: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array {
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + removed)]
  const out = new Uint8Array(before.length + added.length + after.length)
  out.set(before)
  out.set(added, before.length)
  out.set(after, before.length + added.length)
  return out
}

/** Bytes changed, removed and repeated anywhere, and texts that mean something put where the header is. */
function damage(valid: Uint8Array, header: number, pieces: readonly string[]): fc.Arbitrary<Mutation> {
  const place = fc.nat(valid.length - 1)
  const text = fc.tuple(fc.nat(header), fc.nat(3), fc.constantFrom(...pieces))
  return fc.oneof(
    fc.tuple(place, fc.nat(255)).map(
      ([at, byte]) =>
        (b: Uint8Array) =>
          splice(b, at, 1, Uint8Array.of(byte)),
    ),
    fc.tuple(place, fc.nat(20)).map(
      ([at, count]) =>
        (b: Uint8Array) =>
          splice(b, at, count, new Uint8Array()),
    ),
    fc.tuple(place, place, fc.nat(20)).map(
      ([at, from, count]) =>
        (b: Uint8Array) =>
          splice(b, at, 0, b.slice(from, from + count)),
    ),
    text.map(
      ([at, removed, piece]) =>
        (b: Uint8Array) =>
          splice(b, at, removed, bytesOf(piece)),
    ),
  )
}

const damaged = (files: fc.Arbitrary<Uint8Array>, mutation: fc.Arbitrary<Mutation>): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(files, fc.array(mutation, { maxLength: 3 }))
    .map(([file, mutations]) => mutations.reduce((bytes, mutate) => mutate(bytes), file))

/** Sizes that are wrong in every way that a size can be. */
const counts = [
  0,
  1,
  2,
  3,
  4,
  6,
  8,
  12,
  24,
  255,
  65_536,
  2 ** 31,
  2 ** 32,
  2 ** 40,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 64,
  1e308,
]
const size = fc.constantFrom<unknown>(...counts, -1, 0.5, '4', null, [4], {}, true)
const sizes = fc.array(size, { maxLength: 4 })

const safetensorsFile = await encodeSafetensors(
  {
    'layer.weight': tensor([
      [1, 2],
      [3, 4],
    ]),
    flag: tensor([true]),
    half: tensor([1, 2, 3], { dtype: 'f16' }),
  },
  { format: 'pt' },
)
const headerBytes = Number(new DataView(safetensorsFile.buffer).getBigUint64(0, true))
type Fields = Record<string, Record<string, unknown>>
const headerText = new TextDecoder().decode(safetensorsFile.subarray(8, 8 + headerBytes))

function withHeader(text: string, claimed = BigInt(text.length)): Uint8Array {
  const length = new Uint8Array(new BigUint64Array([claimed]).buffer)
  return Uint8Array.from([...length, ...bytesOf(text), ...safetensorsFile.subarray(8 + headerBytes)])
}

/** Files whose header is JSON, its length right, and one or two of its fields something else. */
const safetensorsFields = fc
  .array(
    fc.tuple(
      fc.constantFrom('layer.weight', 'flag', 'half', '__metadata__', '__proto__', ''),
      fc.constantFrom('dtype', 'shape', 'data_offsets', 'format', '__proto__'),
      fc.oneof(sizes, size, fc.constantFrom('F32', 'F64', 'BF16', 'BOOL', 'U8', 'I64', 'U64', 'F4', 'F8_E8M0', 'x')),
    ),
    { minLength: 1, maxLength: 2 },
  )
  .map(edits => {
    const fields = JSON.parse(headerText) as Fields
    for (const [name, field, value] of edits) fields[name] = { ...fields[name], [field]: value }
    return withHeader(JSON.stringify(fields))
  })
const safetensorsLengths = fc
  .oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 400n }), fc.constant(100_000_000n))
  .map(length => withHeader(headerText, length))
const jsonPieces =
  '{ } [ ] , : " -1 0 1e400 9007199254740993 null "F32" "dtype" "shape": "__proto__": \\u0000 \u00ff [[[[ {"a":{"a":{"a":{'.split(
    ' ',
  )

/** An array whose header is well formed, its length right, and its fields anything. */
const npyFields = fc
  .record({
    descr: fc.constantFrom("'<f4'", "'>f8'", "'|b1'", "'|u1'", "'<i8'", "'>u8'", "'<c8'", "'|O'", "'<U4'", '[]', '4'),
    order: fc.constantFrom('True', 'False', 'None', '1'),
    shape: fc.array(fc.constantFrom('0', '1', '2', '6', '24', '4294967296', '99999999999999999999', '-1', '2L', 'x'), {
      maxLength: 4,
    }),
    data: fc.constantFrom(0, 1, 4, 8, 24, 48, 96),
    version: fc.constantFrom(1, 2, 3, 0, 255),
    claimed: fc.option(fc.nat(70_000), { nil: undefined, freq: 8 }),
  })
  .map(({ descr, order, shape, data, version, claimed }) => {
    const text = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }\n`
    const length = new DataView(new ArrayBuffer(version === 1 ? 2 : 4))
    if (version === 1) length.setUint16(0, claimed ?? text.length, true)
    else length.setUint32(0, claimed === undefined ? text.length : claimed * 60_000, true)
    const start = [0x93, ...bytesOf('NUMPY'), version, 0, ...new Uint8Array(length.buffer), ...bytesOf(text)]
    return Uint8Array.from([...start, ...new Uint8Array(data)])
  })
const npyFile = await encodeNpy(
  tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]),
)
const pythonPieces = "{ } ( ) , : ' \" -1 0 3L True None '<f4' 'shape' ((".split(' ')
const npzFile = await encodeNpz({ a: tensor([1, 2, 3]), b: tensor([true]) }, { compress: true })

export const formats: readonly Format[] = [
  {
    name: 'safetensors',
    decode: decodeSafetensors,
    files: fc.oneof(
      damaged(fc.constant(safetensorsFile), damage(safetensorsFile, headerBytes + 8, jsonPieces)),
      safetensorsFields,
      safetensorsLengths,
    ),
  },
  {
    name: 'npy',
    decode: decodeNpy,
    files: fc.oneof(damaged(fc.constant(npyFile), damage(npyFile, 128, pythonPieces)), npyFields),
  },
  {
    name: 'npz',
    decode: decodeNpz,
    files: damaged(
      fc.constant(npzFile),
      damage(npzFile, npzFile.length - 1, ['PK\x01\x02', 'PK\x05\x06', '\xff\xff\xff\xff']),
    ),
  },
]
