import { readFileSync } from 'node:fs'
import { storeFile } from './files.ts'
import type { StoredTensor, StoredTensors } from './tasks.ts'
import type { GptSizes, Product } from './workloads.ts'

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function uniforms(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** `count` numbers of N(mean, std²), by Box and Muller. */
export function normals(count: number, next: () => number, mean = 0, std = 1): Float32Array {
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()))
    return mean + std * radius * Math.cos(2 * Math.PI * next())
  })
}

interface Draw {
  readonly shape: readonly number[]
  readonly mean?: number
  readonly std: number
}

/** Names and shapes are nanoGPT's. Biases and norms are random too: what starts at 0 or 1 would hide mistakes. */
function gptDraws({ layers, width, context, vocabulary }: GptSizes): Record<string, Draw> {
  const linear = (name: string, into: number, out: number): Record<string, Draw> => ({
    [`${name}.weight`]: { shape: [out, into], std: 0.02 },
    [`${name}.bias`]: { shape: [out], std: 0.02 },
  })
  const norm = (name: string): Record<string, Draw> => ({
    [`${name}.weight`]: { shape: [width], mean: 1, std: 0.02 },
    [`${name}.bias`]: { shape: [width], std: 0.02 },
  })
  const block = (at: string): Record<string, Draw> => ({
    ...norm(`${at}.ln_1`),
    ...linear(`${at}.attn.c_attn`, width, 3 * width),
    ...linear(`${at}.attn.c_proj`, width, width),
    ...norm(`${at}.ln_2`),
    ...linear(`${at}.mlp.c_fc`, width, 4 * width),
    ...linear(`${at}.mlp.c_proj`, 4 * width, width),
  })
  return {
    'wte.weight': { shape: [vocabulary, width], std: 0.02 },
    'wpe.weight': { shape: [context, width], std: 0.02 },
    ...Object.assign({}, ...Array.from({ length: layers }, (_, i) => block(`h.${i}`))),
    ...norm('ln_f'),
  }
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((n, size) => n * size, 1)

/** Draws tensors one after the other into a file for the libraries' processes. */
function store(name: string, draws: Record<string, Draw>): StoredTensors {
  const next = uniforms(1337)
  const tensors: StoredTensor[] = []
  const parts: Uint8Array[] = []
  let offset = 0
  for (const [name, { shape, mean = 0, std }] of Object.entries(draws)) {
    const values = normals(sizeOf(shape), next, mean, std)
    tensors.push({ name, shape, offset })
    parts.push(new Uint8Array(values.buffer))
    offset += values.byteLength
  }
  return { file: storeFile(`${name}.f32`, Buffer.concat(parts)), tensors }
}

export const storedGpt = (name: string, sizes: GptSizes): StoredTensors => store(name, gptDraws(sizes))

export const storedProduct = (name: string, { m, k, n }: Product): StoredTensors =>
  store(name, { a: { shape: [m, k], std: 1 }, b: { shape: [k, n], std: 1 } })

/** Bytes of all tensors. */
export const bytesOf = ({ tensors }: StoredTensors): number =>
  tensors.reduce((bytes, { shape }) => bytes + 4 * sizeOf(shape), 0)

/** Numbers that a GPT learns. */
export const parameterCount = (sizes: GptSizes): number =>
  Object.values(gptDraws(sizes)).reduce((count, { shape }) => count + sizeOf(shape), 0)

/** A stored tensor in memory. */
export interface Loaded {
  readonly shape: readonly number[]
  readonly data: Float32Array<ArrayBuffer>
}

/** Reads a file of tensors. */
export function load({ file, tensors }: StoredTensors): Record<string, Loaded> {
  const { buffer, byteOffset } = readFileSync(file)
  const tensorOf = ({ shape, offset }: StoredTensor): Loaded => {
    const start = byteOffset + offset
    return { shape, data: new Float32Array(buffer.slice(start, start + 4 * sizeOf(shape)) as ArrayBuffer) }
  }
  return Object.fromEntries(tensors.map(tensor => [tensor.name, tensorOf(tensor)]))
}

/** [rows, columns] → [columns, rows] */
export function transposed({ shape, data }: Loaded): Loaded {
  const [rows = 0, columns = 0] = shape
  const result = new Float32Array(data.length)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = data[i * columns + j]!
  return { shape: [columns, rows], data: result }
}
