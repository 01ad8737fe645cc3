import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { readGolden } from './golden.ts'
import { readSafetensors } from './safetensors.ts'

const folder = mkdtempSync(join(tmpdir(), 'wids-golden-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string | Uint8Array): URL => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return pathToFileURL(path)
}

it('reads numbers that JSON has no form for', () => {
  const golden = readGolden(file('a.json', '{"data":[1,-0,"NaN","Infinity","-Infinity"],"op":"add"}'))
  expect(golden).toEqual({ data: [1, -0, NaN, Infinity, -Infinity], op: 'add' })
})

it('reads safetensors', () => {
  const header = JSON.stringify({
    __metadata__: { format: 'pt' },
    a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
    b: { dtype: 'I64', shape: [], data_offsets: [8, 16] },
  })
  const bytes = new Uint8Array(8 + header.length + 16)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(header.length), true)
  bytes.set(new TextEncoder().encode(header), 8)
  view.setFloat32(8 + header.length, 1.5, true)
  view.setFloat32(12 + header.length, -2, true)
  view.setBigInt64(16 + header.length, -7n, true)
  expect(Object.fromEntries(readSafetensors(file('b.safetensors', bytes)))).toEqual({
    a: { shape: [2], dtype: 'f32', data: [1.5, -2] },
    b: { shape: [], dtype: 'i32', data: [-7] },
  })
})
