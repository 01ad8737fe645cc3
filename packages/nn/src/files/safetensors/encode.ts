import { ArgumentError, dtypes, Tensor } from '@wids/tensor'
import { readBytes, start } from '@wids/tensor/graph'
import { typeOf } from '../stored/types.ts'
import { lengthBytes } from './header.ts'

type Tensors = Readonly<Record<string, Tensor>>
type Metadata = Readonly<Record<string, string>>

/**
 * Writes safetensors to memory; `writeSafetensors` writes a file. Equal tensors and metadata give equal bytes: tensors
 * lie in order of element size (widest first), then of name.
 *
 * @throws ArgumentError for a tensor named '__metadata__'
 * @example
 * const bytes = await encodeSafetensors(model.stateDict(), { format: 'pt' })
 */
export async function encodeSafetensors(tensors: Tensors, metadata: Metadata = {}): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  for await (const part of encodedParts(tensors, metadata)) parts.push(part)
  const bytes = new Uint8Array(parts.reduce((n, part) => n + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/**
 * The file in order: its header, then one part for each tensor. The values are those of this moment, even if training
 * goes on while the parts are written.
 */
export function encodedParts(tensors: Tensors, metadata: Metadata = {}): AsyncIterable<Uint8Array> {
  const sorted = Object.entries(tensors)
    .map(([name, { node }]) => [name, new Tensor(node)] as const)
    .sort(([a, x], [b, y]) => dtypes[y.dtype].bytes - dtypes[x.dtype].bytes || (a < b ? -1 : 1))
  start(sorted.map(([, tensor]) => tensor))
  return partsOf(headerOf(sorted, metadata), sorted)
}

async function* partsOf(
  header: Uint8Array,
  tensors: readonly (readonly [string, Tensor])[],
): AsyncGenerator<Uint8Array> {
  yield header
  for (const [, tensor] of tensors) yield await readBytes(tensor)
}

function headerOf(tensors: readonly (readonly [string, Tensor])[], metadata: Metadata): Uint8Array {
  let at = 0
  const entries = tensors.map(([name, { dtype, shape, size }]) => {
    if (name === '__metadata__') throw new ArgumentError('encodeSafetensors', "no tensor can be named '__metadata__'")
    const from = at
    at += size * dtypes[dtype].bytes
    return [name, { dtype: typeOf[dtype], shape, data_offsets: [from, at] }] as const
  })
  const texts = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))
  const first = texts.length === 0 ? [] : [['__metadata__', Object.fromEntries(texts)] as const]
  const json = new TextEncoder().encode(objectText([...first, ...entries]))
  const length = Math.ceil(json.length / lengthBytes) * lengthBytes
  const header = new Uint8Array(lengthBytes + length).fill(0x20)
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true)
  header.set(json, lengthBytes)
  return header
}

/** JSON of an object with its keys in the given order, where an object would put '0' and '1' first. */
const objectText = (fields: readonly (readonly [string, unknown])[]): string =>
  `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`
