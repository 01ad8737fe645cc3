import { readFileSync } from 'node:fs'
import type { GoldenTensor } from './golden.ts'

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

const readers: Readonly<Record<string, { dtype: string; read(bytes: ArrayBuffer): ArrayLike<number> }>> = {
  F32: { dtype: 'f32', read: bytes => new Float32Array(bytes) },
  I32: { dtype: 'i32', read: bytes => new Int32Array(bytes) },
  I64: { dtype: 'i32', read: bytes => Float64Array.from(new BigInt64Array(bytes), Number) },
  BOOL: { dtype: 'bool', read: bytes => new Uint8Array(bytes) },
}

/**
 * Reads a safetensors file that one of our golden scripts wrote. It trusts the file, as nothing but a test may.
 */
export function readSafetensors(file: URL): Map<string, GoldenTensor> {
  const bytes = Uint8Array.from(readFileSync(file))
  const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true))
  const start = 8 + headerLength
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<string, Entry>
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__')
  return new Map(
    tensors.map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        const reader = readers[dtype]
        if (reader === undefined) throw new Error(`${name} has dtype ${dtype}, which no golden needs`)
        const data = Array.from(reader.read(bytes.buffer.slice(start + from, start + to)))
        return [name, { shape, dtype: reader.dtype, data }]
      },
    ),
  )
}
