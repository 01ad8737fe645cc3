import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { arange, tensor } from '@wids/tensor'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  encodeSafetensors,
  FormatError,
  openSafetensors,
  readSafetensors,
  writeSafetensors,
  writeShardedSafetensors,
} from '../src/index.ts'

let root: string
let folder: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'wids-open-'))
})
afterAll(() => rm(root, { recursive: true }))
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})

const matrix = arange(60).reshape([10, 2, 3])
const half = arange(20).reshape([5, 4]).to('f16')

/** A source that notes which bytes were asked for. */
async function watched() {
  const bytes = await encodeSafetensors({ matrix, half }, { format: 'pt' })
  const asked: [number, number][] = []
  const read = async (start: number, end: number) => {
    asked.push([start, end])
    return bytes.slice(start, end)
  }
  return { bytes, asked, source: { size: bytes.length, read } }
}

describe('an open source', () => {
  it('reads the header, and then what is asked for', async () => {
    const { bytes, asked, source } = await watched()
    const file = await openSafetensors(source)
    const dataStart = bytes.length - 240 - 40
    expect(asked).toEqual([
      [0, 8],
      [8, dataStart],
    ])
    expect(file.metadata).toEqual({ format: 'pt' })
    expect([...file.tensors].map(([name, { type, shape }]) => [name, type, shape])).toEqual([
      ['matrix', 'I32', [10, 2, 3]],
      ['half', 'F16', [5, 4]],
    ])
    expect(await (await file.read('half')).toArray()).toEqual(await half.toArray())
    expect(await (await file.readRows('matrix', 4, 6)).toArray()).toEqual(
      ((await matrix.toArray()) as unknown[]).slice(4, 6),
    )
    expect(asked.slice(2)).toEqual([
      [dataStart + 240, dataStart + 280],
      [dataStart + 4 * 24, dataStart + 6 * 24],
    ])
  })

  it('any rows are those of the whole', async () => {
    const file = await openSafetensors((await watched()).source)
    const whole = (await matrix.toArray()) as unknown[]
    const rows = fc.tuple(fc.nat(10), fc.nat(10)).map(pair => pair.toSorted((a, b) => a - b))
    await fc.assert(
      fc.asyncProperty(rows, async ([from, to]) => {
        expect(await (await file.readRows('matrix', from!, to!)).toArray()).toEqual(whole.slice(from, to))
      }),
    )
  })

  it('says which names and rows there are', async () => {
    const file = await openSafetensors((await watched()).source)
    await expect(file.read('none')).rejects.toThrow("safetensors has no tensor 'none'; it has matrix, half")
    for (const [from, to] of [
      [-1, 2],
      [3, 2],
      [0, 11],
      [0, 0.5],
    ] as const)
      await expect(file.readRows('matrix', from, to)).rejects.toThrow(
        `'matrix' is [10, 2, 3] and has no rows ${from} … ${to}`,
      )
    const scalar = await openSafetensors(await sourceOf({ scalar: tensor(1) }))
    await expect(scalar.readRows('scalar', 0, 0)).rejects.toThrow("'scalar' is [] and has no rows")
  })

  it('that ends early is a FormatError', async () => {
    const { source } = await watched()
    const file = await openSafetensors({
      ...source,
      read: async (a, b) => source.read(a, Math.min(b, source.size - 1)),
    })
    await expect(file.read('half')).rejects.toThrow('it became shorter')
  })
})

const sourceOf = async (tensors: Parameters<typeof encodeSafetensors>[0]) => {
  const bytes = await encodeSafetensors(tensors)
  return { size: bytes.length, read: async (start: number, end: number) => bytes.slice(start, end) }
}

it('the last row of a file of 5 GB is read without the rest', async () => {
  const rows = 1_250_000
  const header = JSON.stringify({ w: { dtype: 'F32', shape: [rows, 1000], data_offsets: [0, rows * 4000] } })
  const path = join(folder, 'large.safetensors')
  const file = await open(path, 'w')
  await file.write(Uint8Array.from([header.length, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(header)]))
  await file.truncate(8 + header.length + rows * 4000) // a hole, which takes no room on the disk
  await file.write(new Float32Array([7]), 0, 4, 8 + header.length + rows * 4000 - 4)
  await file.close()
  const reader = await openSafetensors(path)
  const last = await reader.readRows('w', rows - 1, rows)
  expect([last.shape, (await last.data()).at(-1)]).toEqual([[1, 1000], 7])
  await reader.close()
})

it('a tensor of which no dtype exists is listed, and only reading it is an error', async () => {
  const header = '{"a":{"dtype":"F8_E4M3FNUZ","shape":[2,1],"data_offsets":[0,2]}}'
  const bytes = Uint8Array.from([header.length, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(header), 1, 2])
  const file = await openSafetensors({ size: bytes.length, read: async (start, end) => bytes.slice(start, end) })
  expect(file.tensors.get('a')!.type).toBe('F8_E4M3FNUZ')
  await expect(file.read('a')).rejects.toThrow("tensor 'a' is F8_E4M3FNUZ, which no dtype here holds")
  await expect(file.readRows('a', 0, 1)).rejects.toThrow(FormatError)
})

describe('shards', () => {
  const tensors = { a: arange(10), b: arange(6).reshape([3, 2]), c: arange(2).to('f16'), d: tensor([7]) }
  const expected = async () =>
    Object.fromEntries(await Promise.all(Object.entries(tensors).map(async ([name, t]) => [name, await t.toArray()])))

  it('are written up to a size, in order, and read as one', async () => {
    const path = await writeShardedSafetensors(folder, tensors, { maxBytes: 30, metadata: { format: 'pt' } })
    expect(path).toBe(join(folder, 'model.safetensors.index.json'))
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      metadata: { total_size: 40 + 24 + 4 + 4 },
      weight_map: {
        a: 'model-00001-of-00003.safetensors',
        b: 'model-00002-of-00003.safetensors',
        c: 'model-00002-of-00003.safetensors',
        d: 'model-00003-of-00003.safetensors',
      },
    })
    const read = await readSafetensors(path)
    expect(read.metadata).toEqual({ format: 'pt' })
    expect(Object.keys(read.tensors)).toEqual(['a', 'b', 'c', 'd'])
    for (const [name, values] of Object.entries(await expected()))
      expect(await read.tensors[name]!.toArray()).toEqual(values)
    expect(Object.keys((await readSafetensors(path, { names: ['d'] })).tensors)).toEqual(['d'])
    const file = await openSafetensors(path)
    expect(await (await file.readRows('b', 1, 3)).toArray()).toEqual([
      [2, 3],
      [4, 5],
    ])
    await expect(file.read('e')).rejects.toThrow("index.json has no tensor 'e'; it has a, b, c, d")
    await file.close()
    await expect(file.read('a')).rejects.toThrow(FormatError)
  })

  it('that would be one file are one file, and an index that is there goes', async () => {
    await writeShardedSafetensors(folder, tensors, { maxBytes: 30 })
    expect(await writeShardedSafetensors(folder, tensors)).toBe(join(folder, 'model.safetensors'))
    expect(await readdir(folder)).not.toContain('model.safetensors.index.json')
    expect(Object.keys((await readSafetensors(join(folder, 'model.safetensors'))).tensors).toSorted()).toEqual([
      'a',
      'b',
      'c',
      'd',
    ])
  })

  const index = async (content: unknown): Promise<string> => {
    const path = join(folder, 'model.safetensors.index.json')
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
    return path
  }

  it.each([
    '../out.safetensors',
    'a/../../out.safetensors',
    '/etc/out.safetensors',
    '\\\\server\\out.safetensors',
    '..\\out.safetensors',
    'C:out.safetensors',
    'C:\\out.safetensors',
    'in.safetensors\0',
    './in.safetensors',
    'a//in.safetensors',
    '..',
    '',
  ])('%j leaves the folder and is refused, though it exists', async file => {
    for (const place of [root, folder])
      await writeSafetensors(join(place, place === root ? 'out.safetensors' : 'in.safetensors'), { a: tensor([1]) })
    await mkdir(join(folder, 'a'), { recursive: true })
    await expect(openSafetensors(await index({ weight_map: { a: file } }))).rejects.toThrow('outside of its folder')
  })

  it('links out of the folder are refused, links and folders within it are not', async () => {
    await writeSafetensors(join(root, 'outside.safetensors'), { a: tensor([1]) })
    await symlink(join(root, 'outside.safetensors'), join(folder, 'out.safetensors'))
    await symlink(root, join(folder, 'up'))
    await mkdir(join(folder, 'down'))
    await writeSafetensors(join(folder, 'down', 'x.safetensors'), { a: tensor([2]) })
    await symlink(join(folder, 'down', 'x.safetensors'), join(folder, 'in.safetensors'))
    for (const file of ['out.safetensors', 'up/outside.safetensors'])
      await expect(openSafetensors(await index({ weight_map: { a: file } }))).rejects.toThrow(
        'is a link to a file outside',
      )
    for (const file of ['in.safetensors', 'down/x.safetensors'])
      expect(await (await readSafetensors(await index({ weight_map: { a: file } }))).tensors['a']!.item()).toBe(2)
  })

  it.each([
    ['{', 'not valid JSON'],
    ['{"weight_map":{"a":"x","a":"y"}}', "'a' appears twice"],
    ['[]', 'no weight_map'],
    ['{"weight_map":["x"]}', 'no weight_map'],
    ['{"weight_map":{"a":7}}', 'no name of a file'],
    ['{"weight_map":{"a":"none.safetensors"}}', 'there is no such file'],
    ['{"weight_map":{"b":"in.safetensors"}}', "tensor 'b' is said to be in in.safetensors, which has none such"],
  ])('the index %s is a FormatError', async (content, problem) => {
    await writeSafetensors(join(folder, 'in.safetensors'), { a: tensor([1]) })
    const opened = openSafetensors(await index(content))
    await expect(opened).rejects.toThrow(problem)
    await expect(opened).rejects.toThrow(FormatError)
  })
})
