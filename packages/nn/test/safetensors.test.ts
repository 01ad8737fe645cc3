import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setDevice, tensor } from '@wids/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CheckpointError,
  decodeSafetensors,
  encodeSafetensors,
  FormatError,
  readSafetensors,
  writeSafetensors,
} from '../src/index.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wids-safetensors-'))
})
afterAll(() => rm(folder, { recursive: true }))

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A file of any header, right or wrong. */
function fileOf(header: unknown, dataBytes = 0, claimed?: bigint): Uint8Array {
  const json = encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + json.length + dataBytes)
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(json.length), true)
  bytes.set(json, 8)
  return bytes
}

const f32 = (start: number, end: number, shape: readonly number[] = [(end - start) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [start, end],
})

describe('round trip', () => {
  it('keeps names, dtypes, shapes, values and metadata', async () => {
    const tensors = {
      'a.weight': tensor([
        [1, -2.5],
        [NaN, Infinity],
      ]),
      half: tensor([1, 65504, 2 ** -24], { dtype: 'f16' }),
      brain: tensor([3, -1e30], { dtype: 'bf16' }),
      whole: tensor(new Int32Array([-(2 ** 31), 2 ** 31 - 1])),
      bits: tensor(new Uint32Array([0, 2 ** 32 - 1])),
      small: tensor(new Int8Array([-128, 127])),
      flag: tensor([true, false, true]),
      scalar: tensor(7),
      none: tensor(new Float32Array(0), { shape: [0, 3] }),
      __proto: tensor([1]),
    }
    const bytes = await encodeSafetensors(tensors, { format: 'pt', note: 'ünï' })
    const read = decodeSafetensors(bytes)
    expect(read.metadata).toEqual({ format: 'pt', note: 'ünï' })
    expect(Object.keys(read.tensors).toSorted()).toEqual(Object.keys(tensors).toSorted())
    for (const [name, t] of Object.entries(tensors)) {
      const other = read.tensors[name]!
      expect([other.dtype, other.shape, await other.data()]).toEqual([t.dtype, t.shape, await t.data()])
    }
  })

  it('gives equal bytes for equal tensors in any order, aligned', async () => {
    const [a, b] = [tensor([1, 2]), tensor([3], { dtype: 'f16' })]
    const bytes = await encodeSafetensors({ a, b }, { y: '1', x: '2' })
    expect(await encodeSafetensors({ b, a }, { x: '2', y: '1' })).toEqual(bytes)
    expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n)
  })

  it('reads integers that are stored wider or narrower', async () => {
    const data = new BigInt64Array([-5n, 2n ** 31n - 1n])
    const header = {
      long: { dtype: 'I64', shape: [2], data_offsets: [0, 16] },
      byte: { dtype: 'U8', shape: [2], data_offsets: [16, 18] },
    }
    const file = fileOf(header, 18)
    file.set(new Uint8Array(data.buffer), file.length - 18)
    file.set([0, 255], file.length - 2)
    const { tensors } = decodeSafetensors(file)
    expect([tensors['long']!.dtype, await tensors['long']!.toArray()]).toEqual(['i32', [-5, 2 ** 31 - 1]])
    expect(await tensors['byte']!.toArray()).toEqual([0, 255])
  })

  it('reads f64 where the device has it', async () => {
    const file = fileOf({ x: { dtype: 'F64', shape: [1], data_offsets: [0, 8] } }, 8)
    new DataView(file.buffer).setFloat64(file.length - 8, Math.PI, true)
    const before = setDevice('reference')
    try {
      expect(await decodeSafetensors(file).tensors['x']!.item()).toBe(Math.PI)
    } finally {
      setDevice(before)
    }
  })
})

describe('bad files are FormatErrors that say why', () => {
  it.each([
    ['an empty file', new Uint8Array(0), 'it has 0 bytes'],
    ['a file without a whole length', new Uint8Array(7), 'it has 7 bytes'],
    ['a header over 100 MB', fileOf('{}', 0, 100_000_001n), '100000000 are allowed'],
    ['a length near 2⁶⁴', fileOf('{}', 0, 2n ** 64n - 1n), '100000000 are allowed'],
    ['a header beyond the file', fileOf('{}', 0, 3n), 'the file has 10'],
    ['an empty header', fileOf('', 4), "start with '{'"],
    ['a header with leading space', fileOf(' {}'), "start with '{'"],
    ['a byte order mark', fileOf('\ufeff{}'), "start with '{'"],
    ['an array', fileOf('[]'), "start with '{'"],
    ['no JSON', fileOf('{"a":'), 'not valid JSON'],
    ['no UTF-8', Uint8Array.from([...fileOf('{"a"}').subarray(0, 9), 0xff, 0xfe, 0xff, 0x7d]), 'not valid JSON'],
    ['a key twice', fileOf('{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"a":{}}', 4), "'a' appears twice"],
    ['an escaped key twice', fileOf('{"a":{},"\\u0061":{}}'), "'a' appears twice"],
    ['a dtype twice', fileOf('{"a":{"dtype":"F32","dtype" :"F16"}}'), "'dtype' appears twice"],
    ['deep nesting', fileOf(`{"a":${'['.repeat(100_000)}`), 'deeper than 3'],
    ['an unknown dtype', fileOf({ a: { ...f32(0, 4), dtype: 'F33' } }, 4), `unknown dtype "F33"`],
    ['an inherited dtype', fileOf({ a: { ...f32(0, 4), dtype: 'constructor' } }, 4), 'unknown dtype'],
    ['no dtype', fileOf({ a: { shape: [1], data_offsets: [0, 4] } }, 4), 'unknown dtype'],
    ['an entry that is no object', fileOf({ a: 3 }), "the entry of tensor 'a' is not"],
    ['a negative size', fileOf({ a: f32(0, 4, [-1]) }, 4), 'the shape [-1]'],
    ['half a size', fileOf({ a: f32(0, 4, [0.5, 2]) }, 4), 'the shape [0.5,2]'],
    ['a shape of text', fileOf({ a: { ...f32(0, 4), shape: '1' } }, 4), 'the shape "1"'],
    ['sizes that overflow', fileOf({ a: f32(0, 4, [2 ** 40, 2 ** 40]) }, 4), 'more bytes than can be counted'],
    [
      'sizes that wrap to the right product',
      fileOf({ a: f32(0, 0, [2 ** 32, 2 ** 32]) }),
      'more bytes than can be counted',
    ],
    ['bytes that do not fit the shape', fileOf({ a: f32(0, 8, [1]) }, 8), 'needs 4'],
    ['offsets in reverse', fileOf({ a: f32(4, 0, [1]) }, 4), 'hold -4'],
    ['three offsets', fileOf({ a: { ...f32(0, 4), data_offsets: [0, 4, 4] } }, 4), 'data_offsets'],
    ['a gap', fileOf({ a: f32(0, 4), b: f32(8, 12) }, 12), "'b' starts at byte 8"],
    ['a first gap', fileOf({ a: f32(4, 8) }, 8), "'a' starts at byte 4"],
    ['an overlap', fileOf({ a: f32(0, 8), b: f32(4, 12) }, 12), "'b' starts at byte 4"],
    ['data that is cut off', fileOf({ a: f32(0, 8) }, 4), 'it is cut off'],
    ['data that is appended', fileOf({ a: f32(0, 4) }, 5), 'something was appended'],
    ['metadata that is no object', fileOf({ __metadata__: 'x' }), '__metadata__ is not'],
    ['metadata that is no text', fileOf({ __metadata__: { a: 1 } }), 'holds texts'],
    ['a dtype that nothing holds', fileOf({ a: { dtype: 'F8_E4M3', shape: [4], data_offsets: [0, 4] } }, 4), 'F8_E4M3'],
    [
      'a bool of 2',
      Uint8Array.from([...fileOf({ a: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] } }), 2]),
      'BOOL',
    ],
    ['half a byte', fileOf({ a: { dtype: 'F4', shape: [1], data_offsets: [0, 1] } }, 1), 'F4'],
  ])('%s', (_, bytes, why) => {
    const decode = () => decodeSafetensors(bytes, 'model.safetensors')
    expect(decode).toThrow(FormatError)
    expect(decode).toThrow(why)
    expect(decode).toThrow(/^model\.safetensors: /)
  })

  it('an integer that does not fit', () => {
    const file = fileOf({ a: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, 8)
    new DataView(file.buffer).setBigInt64(file.length - 8, 2n ** 31n, true)
    expect(() => decodeSafetensors(file)).toThrow('holds 2147483648')
  })

  it('a tensor with the name of the metadata', async () => {
    await expect(encodeSafetensors({ __metadata__: tensor(1) })).rejects.toThrow('__metadata__')
  })
})

describe('files', () => {
  it('are read whole or by name', async () => {
    const path = join(folder, 'a.safetensors')
    await writeSafetensors(path, { a: tensor([1, 2]), b: tensor([3]) }, { by: 'test' })
    const { tensors, metadata } = await readSafetensors(path)
    expect([await tensors['a']!.toArray(), await tensors['b']!.toArray(), metadata]).toEqual([
      [1, 2],
      [3],
      { by: 'test' },
    ])
    expect(Object.keys((await readSafetensors(path, { names: ['b'] })).tensors)).toEqual(['b'])
    await expect(readSafetensors(path, { names: ['c'] })).rejects.toThrow("has no tensor 'c'; it has a, b")
    expect(decodeSafetensors(await readFile(path)).metadata).toEqual({ by: 'test' })
  })

  it('hold the values of the moment at which writing started', async () => {
    const path = join(folder, 'moment.safetensors')
    const w = tensor([1])
    const written = writeSafetensors(path, { w })
    w.assign(tensor([2]))
    await written
    expect(await (await readSafetensors(path)).tensors['w']!.toArray()).toEqual([1])
  })

  it('are replaced atomically: nothing but the file is left', async () => {
    const path = join(folder, 'twice.safetensors')
    await writeSafetensors(path, { a: tensor([1]) })
    await writeSafetensors(path, { a: tensor([2]) })
    expect(await (await readSafetensors(path)).tensors['a']!.toArray()).toEqual([2])
    expect((await readdir(folder)).filter(name => name.startsWith('.'))).toEqual([])
  })

  it('that are missing, folders or cut off are FormatErrors; those that cannot be written CheckpointErrors', async () => {
    await expect(readSafetensors(join(folder, 'none'))).rejects.toThrow('there is no such file')
    await expect(readSafetensors(folder)).rejects.toThrow(FormatError)
    const cut = join(folder, 'cut.safetensors')
    await writeFile(cut, (await encodeSafetensors({ a: tensor([1, 2, 3]) })).subarray(0, -4))
    await expect(readSafetensors(cut)).rejects.toThrow('it is cut off')
    await expect(writeSafetensors(join(folder, 'no', 'where'), { a: tensor([1]) })).rejects.toThrow(CheckpointError)
  })
})
