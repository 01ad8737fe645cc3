import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tensor } from '@wids/tensor'
import { type Zippable, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import {
  CheckpointError,
  decodeNpy,
  decodeNpz,
  encodeNpz,
  FormatError,
  readNpy,
  readNpz,
  writeNpy,
} from '../src/index.ts'

/** A file of any header, right or wrong. */
function npy(header: string, data: readonly number[] = [], { version = 1, claimed = header.length } = {}): Uint8Array {
  const length =
    version === 1 ? [claimed & 255, claimed >> 8] : [claimed & 255, (claimed >> 8) & 255, claimed >>> 16, 0]
  const text = Array.from(header, char => char.charCodeAt(0))
  return Uint8Array.of(
    0x93,
    ...Array.from('NUMPY', char => char.charCodeAt(0)),
    version,
    0,
    ...length,
    ...text,
    ...data,
  )
}
const header = (descr: string, shape: string, order = 'False'): string =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`

it.each([
  ['as NumPy writes it', header("'|i1'", '(3,)')],
  ['with double quotes and no last comma', `{"shape":(3,),"fortran_order":False,"descr":"|i1"}`],
  ['of Python 2', header("'|i1'", '(3L,)')],
  ['that says the first axis is the fastest', header("'|i1'", '(3,)', 'True')],
])('a header %s is read', async (_, text) => {
  expect(await decodeNpy(npy(text, [1, 255, 3])).toArray()).toEqual([1, -1, 3])
  expect(await decodeNpy(npy(text, [1, 255, 3], { version: 2 })).toArray()).toEqual([1, -1, 3])
})

it('both byte orders and both orders of axes are read', async () => {
  expect(await decodeNpy(npy(header("'>i4'", '(1,)'), [0, 0, 1, 2])).toArray()).toEqual([258])
  expect(await decodeNpy(npy(header("'|i1'", '(2, 3)', 'True'), [1, 2, 3, 4, 5, 6])).toArray()).toEqual([
    [1, 3, 5],
    [2, 4, 6],
  ])
})

describe('bad files are FormatErrors that say why', () => {
  const i1 = (shape: string) => header("'|i1'", shape)
  it.each([
    ['an empty file', new Uint8Array(0), 'does not start with'],
    ['another file', new TextEncoder().encode('not an array at all'), 'does not start with'],
    ['version 4', npy(i1('()'), [1], { version: 4 }), 'it has version 4.0'],
    ['a header beyond the file', npy(i1('()'), [], { claimed: 9999 }), 'it is cut off'],
    ['a header too long', npy(i1('()'), [], { claimed: 10_001 }), '10000 are allowed'],
    ['a huge header', npy(i1('()'), [], { version: 2, claimed: 2 ** 24 - 1 }), '10000 are allowed'],
    ['no dictionary', npy('[1]'), 'its header cannot be read'],
    ['a dictionary that ends early', npy("{'descr': '|i1'"), 'its header cannot be read'],
    ['code', npy("{'descr': __import__('os').system('ls')}"), 'at character 9 stands'],
    ['records', npy(header("[('a', '<f4')]", '()')), 'records and objects are not supported'],
    ['objects', npy(header("'|O'", '()')), "its elements are '|O'"],
    ['text', npy(header("'<U3'", '()')), "its elements are '<U3'"],
    ['complex numbers', npy(header("'<c8'", '(1,)'), [0, 0, 0, 0, 0, 0, 0, 0]), 'the array is C64'],
    ['an inherited type', npy(header("'|constructor'", '()')), 'which no dtype here holds'],
    ['no byte order', npy(header("'|f4'", '()'), [0, 0, 0, 0]), "its elements are '|f4'"],
    ['a key twice', npy(`{'shape': (), 'shape': (), 'descr': '|i1'}`), "'shape' appears twice"],
    ['a key too many', npy(`{'shape': (), 'fortran_order': False, 'descr': '|i1', 'x': '1'}`, [1]), 'and not a descr'],
    ['a key too few', npy(`{'shape': (), 'descr': '|i1'}`, [1]), 'and not a descr'],
    ['a shape of text', npy(i1("'3'"), [1]), 'and not a descr'],
    ['a negative size', npy(i1('(-1,)'), [1]), 'its header cannot be read'],
    ['sizes that overflow', npy(i1('(4294967296, 4294967296)')), 'more bytes than can be counted'],
    ['a size that no number holds', npy(i1('(99999999999999999999,)')), 'and not a descr'],
    ['elements that are cut off', npy(i1('(3,)'), [1, 2]), 'needs 3, but 2 follow'],
    ['elements too many', npy(i1('(3,)'), [1, 2, 3, 4]), 'needs 3, but 4 follow'],
    ['a bool of 2', npy(header("'|b1'", '()'), [2]), 'bytes other than 0 and 1'],
    ['an integer that does not fit', npy(header("'<i8'", '()'), [0, 0, 0, 0, 1, 0, 0, 0]), 'holds 4294967296'],
  ])('%s', (_, bytes, problem) => {
    const decode = () => decodeNpy(bytes, 'x.npy')
    expect(decode).toThrow(FormatError)
    expect(decode).toThrow(problem)
    expect(decode).toThrow(/^x\.npy: /)
  })

  const one = npy(i1('()'), [1])
  const zip = (files: Zippable): Uint8Array => zipSync(files)
  /** The central directory of a zip file with one member says its size last; 24 bytes into its entry. */
  const claiming = (bytes: Uint8Array, size: number): Uint8Array => {
    const view = new DataView(bytes.buffer)
    view.setUint32(view.getUint32(bytes.length - 6, true) + 24, size, true)
    return bytes
  }
  it.each([
    ['no zip file', one, 'it is no zip file'],
    ['a member that is no array', zip({ 'a.txt': one }), "'a.txt', which is no .npy file"],
    ['a damaged member', zip({ 'a.npy': one.subarray(1) }), 'x.npz: a.npy: it does not start with'],
    ['a stored size that is a lie', claiming(zip({ 'a.npy': [one, { level: 0 }] }), 2 ** 32 - 2), 'cannot hold'],
    ['a deflated size that is a lie', claiming(zip({ 'a.npy': one }), 2 ** 32 - 2), 'cannot hold'],
    ['a file that is cut off', zip({ 'a.npy': one }).subarray(0, 60), 'it is no zip file'],
  ])('%s', (_, bytes, problem) => {
    const decode = () => decodeNpz(bytes, 'x.npz')
    expect(decode).toThrow(FormatError)
    expect(decode).toThrow(problem)
  })

  it('a member twice', async () => {
    const bytes = await encodeNpz({ aa: tensor([1]), ab: tensor([2]) })
    const text = Buffer.from(bytes).toString('latin1').replaceAll('ab.npy', 'aa.npy')
    expect(() => decodeNpz(Uint8Array.from(Buffer.from(text, 'latin1')))).toThrow("it holds 'aa.npy' twice")
  })
})

it('files that are missing or cut off, and places that cannot be written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wids-numpy-'))
  await expect(readNpy(join(folder, 'none.npy'))).rejects.toThrow('there is no such file')
  await expect(readNpz(folder)).rejects.toThrow(FormatError)
  await writeNpy(join(folder, 'x.npy'), tensor([1, 2]))
  await writeFile(join(folder, 'cut.npy'), new Uint8Array(5))
  await expect(readNpy(join(folder, 'cut.npy'))).rejects.toThrow('cut.npy: it does not start')
  await expect(writeNpy(join(folder, 'no', 'x.npy'), tensor([1]))).rejects.toThrow(CheckpointError)
  await rm(folder, { recursive: true })
})
