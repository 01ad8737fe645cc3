import type { Kind, Prepare } from '../tasks.ts'

/** How to load what prepares each kind of task; only the modules of one library enter a process. */
type Loaders = { readonly [K in Kind]?: () => Promise<Prepare<K>> }

const wids: Loaders = {
  train: async () => (await import('./wids/train.ts')).prepareCompiled,
  decode: async () => (await import('./wids/decode.ts')).prepare,
  matmul: async () => (await import('./wids/matmul.ts')).prepare,
  rows: async () => (await import('./wids/rows.ts')).prepare,
  tokenize: async () => (await import('./wids/tokenize.ts')).prepare,
}

/** The libraries that run in Node, by the name their process is started with. */
export const models = {
  wids,
  'wids-plain': { train: async () => (await import('./wids/train.ts')).preparePlain },
  jax: {
    train: async () => (await import('./jax/train.ts')).prepare,
    decode: async () => (await import('./jax/decode.ts')).prepare,
    matmul: async () => (await import('./jax/matmul.ts')).prepare,
  },
  'tfjs-wasm': {
    train: async () => (await import('./tfjs/train.ts')).prepareWasm,
    decode: async () => (await import('./tfjs/decode.ts')).prepareWasm,
    matmul: async () => (await import('./tfjs/matmul.ts')).prepareWasm,
  },
  'tfjs-cpu': {
    train: async () => (await import('./tfjs/train.ts')).prepareCpu,
    matmul: async () => (await import('./tfjs/matmul.ts')).prepareCpu,
  },
  tokenizers: { tokenize: async () => (await import('./tokenizers/tokenize.ts')).prepare },
  limit: {
    decode: async () => (await import('./limit/decode.ts')).prepare,
    matmul: async () => (await import('./limit/matmul.ts')).prepare,
    rows: async () => (await import('./limit/rows.ts')).prepare,
  },
} as const satisfies Record<string, Loaders>

export type Model = keyof typeof models

/** The function of a library that prepares a kind of task. */
export async function prepareOf<K extends Kind>(model: Model, kind: K): Promise<Prepare<K>> {
  const load = (models[model] as Loaders)[kind]
  if (load === undefined) throw new Error(`${model} has no task '${kind}'`)
  return load()
}
