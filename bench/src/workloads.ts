/** Sizes of a GPT. */
export interface GptSizes {
  readonly layers: number
  readonly heads: number
  readonly width: number
  readonly context: number
  readonly vocabulary: number
}

/** A GPT and how many sequences it is trained on at once. */
export interface Recipe extends GptSizes {
  readonly batch: number
}

/** [m, k] × [k, n] */
export interface Product {
  readonly m: number
  readonly k: number
  readonly n: number
}

/** What is measured, by name: the models whose training step is timed. */
export const recipes = {
  'gpt-A': { layers: 4, heads: 4, width: 128, context: 64, batch: 12, vocabulary: 65 }, // nanoGPT's CPU recipe
  'gpt-B': { layers: 6, heads: 6, width: 384, context: 256, batch: 4, vocabulary: 65 },
  'gpt-C': { layers: 2, heads: 2, width: 32, context: 8, batch: 4, vocabulary: 65 },
} as const satisfies Record<string, Recipe>

/** Bytes of a weight, by how it is stored. */
export const weightBytes = { f32: 4, f16: 2, bf16: 2 } as const
export type WeightDType = keyof typeof weightBytes

/** The models whose generation is timed: batch 1, greedy, with a key-value cache. */
export const decoders = {
  'decode-B': { ...recipes['gpt-B'], tokens: 128 },
} as const satisfies Record<string, GptSizes & { readonly tokens: number }>

export const products = {
  'matmul-96': { m: 96, k: 96, n: 96 },
  'matmul-384': { m: 384, k: 384, n: 384 },
  'matmul-768': { m: 768, k: 768, n: 768 },
  'matmul-1152x384x384': { m: 1152, k: 384, n: 384 },
  'matmul-384x1536x384': { m: 384, k: 1536, n: 384 },
  'matmul-1x768x3072': { m: 1, k: 768, n: 3072 },
} as const satisfies Record<string, Product>

/** A kernel whose limit is the memory. */
export type Pass =
  | {
      readonly op: 'softmax' | 'layerNorm' | 'gelu' | 'columnSum' | 'crossEntropy'
      readonly shape: readonly [number, number]
    }
  | { readonly op: 'adamW'; readonly sizes: GptSizes }

/** The passes of gpt-B, with how often each must read or write its matrix at least. */
export const passes = {
  softmax: { pass: { op: 'softmax', shape: [6144, 256] }, visits: 2 }, // attention scores, if they were a matrix
  layerNorm: { pass: { op: 'layerNorm', shape: [1024, 384] }, visits: 2 },
  gelu: { pass: { op: 'gelu', shape: [1024, 1536] }, visits: 2 },
  'column sum': { pass: { op: 'columnSum', shape: [1024, 1536] }, visits: 1 }, // the gradient of a bias
  'cross-entropy': { pass: { op: 'crossEntropy', shape: [1024, 65] }, visits: 2 }, // with its gradient
  'large cross-entropy': { pass: { op: 'crossEntropy', shape: [256, 50257] }, visits: 2 },
  AdamW: { pass: { op: 'adamW', sizes: recipes['gpt-B'] }, visits: 7 }, // reads 4 tensors, writes 3
} as const satisfies Record<string, { readonly pass: Pass; readonly visits: number }>

/** How every library trains: AdamW with decay on matrices only, after clipping the norm of all gradients. */
export const training = { lr: 1e-3, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, clip: 1 } as const
export type Training = typeof training

/** Floating-point operations of a product. */
export const flopsOf = ({ m, k, n }: Product): number => 2 * m * k * n
