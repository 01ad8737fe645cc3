import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setDevice, tensor, type Tensor } from '@wids/tensor'
import { unzipSync } from 'fflate'
import { afterAll, describe, expect, it } from 'vitest'
import {
  decodeNpy,
  decodeNpz,
  encodeNpy,
  encodeNpz,
  FormatError,
  readNpy,
  readNpz,
  readSafetensors,
  writeNpy,
  writeNpz,
  writeSafetensors,
  writeShardedSafetensors,
} from '../src/index.ts'

/** Files of tools/golden/nn_files.py, which also reads those named `ours`. */
const folder = fileURLToPath(new URL('goldens/files', import.meta.url))
const golden = (name: string): string => join(folder, name)

interface Found {
  readonly shape: readonly number[]
  readonly data: readonly (number | string)[]
}
const theirs = JSON.parse(readFileSync(golden('theirs.json'), 'utf8')) as Record<string, Record<string, Found>>

const texts: Readonly<Record<string, string>> = { NaN: 'nan', Infinity: 'inf', '-Infinity': '-inf' }
async function found(tensors: Readonly<Record<string, Tensor>>): Promise<Record<string, Found>> {
  const all = Object.entries(tensors).map(async ([name, x]) => {
    const data = Array.from(await x.data(), value => texts[String(value)] ?? value)
    return [name, { shape: x.shape, data }] as const
  })
  return Object.fromEntries(await Promise.all(all))
}

describe('what Python wrote', () => {
  it.each(['theirs.safetensors', 'theirs.safetensors.index.json'])('%s is read as it is there', async file => {
    const { tensors, metadata } = await readSafetensors(golden(file))
    expect(metadata['format']).toBe('pt')
    expect(await found(tensors)).toEqual(theirs['theirs.safetensors'])
  })

  it.each(['theirs.npz', 'theirs-compressed.npz'])('%s is read as it is there', async file => {
    expect(await found(await readNpz(golden(file)))).toEqual(theirs['theirs.npz'])
  })

  it.each([1, 2, 3])('version %d of .npy is read', async version => {
    const x = await readNpy(golden(`theirs-${version}.npy`))
    expect(await found({ '<f4': x })).toEqual({ '<f4': theirs['theirs.npz']!['<f4'] })
  })

  it('f64 is read where the device has it, and refused where not', async () => {
    await expect(readNpy(golden('theirs-f64.npy'))).rejects.toThrow('the array is F64')
    const before = setDevice('reference')
    const x = await readNpy(golden('theirs-f64.npy'))
    expect(await x.at(0, 0, 0).item()).toBe(-7 / 3)
    setDevice(before)
  })

  it.each([
    ['theirs-text.npy', "its elements are '<U1', which no dtype here holds"],
    ['theirs-objects.npy', "its elements are '|O', which no dtype here holds"],
    ['theirs-records.npy', 'records and objects are not supported'],
  ])('%s is refused', async (file, problem) => {
    await expect(readNpy(golden(file))).rejects.toThrow(FormatError)
    await expect(readNpy(golden(file))).rejects.toThrow(problem)
  })
})

it('arrays are the bytes that numpy.save writes', async () => {
  const members = unzipSync(readFileSync(golden('theirs.npz')))
  const native = ['<f2', '<f4', '<i4', '<u4', 'i1', 'b1', 'scalar', 'empty', 'row', 'special']
  for (const name of native) {
    const bytes = members[`${name}.npy`]!
    expect([name, Buffer.from(await encodeNpy(decodeNpy(bytes))).equals(bytes)]).toEqual([name, true])
  }
})

describe('what we write is what Python has read', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'wids-cross-'))
  afterAll(() => rmSync(scratch, { recursive: true }))

  const shared = {
    f32: tensor([
      [1, -2.5],
      [NaN, Infinity],
    ]),
    f16: tensor([1, 65504, 2 ** -24], { dtype: 'f16' }),
    i32: tensor(new Int32Array([-(2 ** 31), 2 ** 31 - 1])),
    u32: tensor(new Uint32Array([0, 2 ** 32 - 1])),
    i8: tensor(new Int8Array([-128, 127])),
    bool: tensor([true, false, true]),
    scalar: tensor(7),
    empty: tensor(new Float32Array(0), { shape: [0, 3] }),
    'naïve.ключ': tensor([-0]),
  }
  const tensors = { ...shared, bf16: tensor([3, -1e30], { dtype: 'bf16' }) }

  it('safetensors, shards, npz', async () => {
    await writeSafetensors(join(scratch, 'ours.safetensors'), tensors, { format: 'pt', note: 'ünï' })
    await writeShardedSafetensors(scratch, tensors, { name: 'ours', maxBytes: 40 })
    await writeNpz(join(scratch, 'ours.npz'), shared)
    await writeNpz(join(scratch, 'ours-compressed.npz'), shared, { compress: true })
    const content = {
      'ours.safetensors': await found(tensors),
      'ours.safetensors.index.json': await found(tensors),
      'ours.npz': await found(shared),
      'ours-compressed.npz': await found(shared),
    }
    writeFileSync(join(scratch, 'ours.json'), `${JSON.stringify(content)}\n`)
    const files = readdirSync(scratch)
    if (process.env['WIDS_WRITE'] !== undefined)
      for (const file of files) writeFileSync(golden(file), readFileSync(join(scratch, file)))
    expect(files.toSorted()).toEqual(
      readdirSync(folder)
        .filter(file => file.startsWith('ours'))
        .toSorted(),
    )
    for (const file of files)
      expect([file, readFileSync(join(scratch, file)).equals(readFileSync(golden(file)))]).toEqual([file, true])
  })

  it('and what we read', async () => {
    await writeNpy(join(scratch, 'one.npy'), shared.f32)
    expect(await (await readNpy(join(scratch, 'one.npy'))).data()).toEqual(await shared.f32.data())
    expect(await found(decodeNpz(await encodeNpz(shared, { compress: true })))).toEqual(await found(shared))
    expect(decodeNpz(await encodeNpz({}))).toEqual({})
    await expect(encodeNpy(tensors.bf16)).rejects.toThrow("NumPy has no bf16; convert it with to('f32')")
  })
})
