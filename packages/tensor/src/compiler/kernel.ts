import type { DType } from '../dtype.ts'
import type { Binary, Reduction, Unary } from '../graph/primitives.ts'

/**
 * What a backend sees: kernels of few kinds over buffers. All numbers of elements, never bytes. A kernel reads nothing
 * but its operands and writes each element of its written operands once; work is split over its outer loops only, so
 * that results do not depend on how.
 */
export type Kernel =
  | LoopKernel
  | MatmulKernel
  | AttentionKernel
  | AttentionGradientKernel
  | ScatterAddKernel
  | SliceScatterKernel
  | CumsumKernel
  | ArgsortKernel

/** A buffer that a kernel uses. An operand may be the same block as another only where `inPlace` says so. */
export interface Operand {
  readonly dtype: DType
  readonly written: boolean
}

/** An affine map from loop indices to a position: offset + Σ index[d] · strides[d]. */
export interface IndexMap {
  readonly offset: number
  /** One a loop, outermost first. */
  readonly strides: readonly number[]
  /** Defined only where start ≤ index[loop] < stop for every bound; elsewhere the value is `fill`. */
  readonly bounds: readonly { readonly loop: number; readonly start: number; readonly stop: number }[]
  readonly fill: number
}

/** The dtypes of values inside kernels; storage dtypes convert on load and store. */
export type ValueType = 'f32' | 'i32' | 'u32' | 'bool'

/** A scalar computed at each point of the loops. Inputs are positions in the kernel's `values`, smaller than its own. */
export type Value = { readonly type: ValueType } & (
  | { readonly op: 'load'; readonly operand: number; readonly map: IndexMap }
  | { readonly op: 'constant'; readonly value: number }
  /** The position itself (i32). */
  | { readonly op: 'index'; readonly map: IndexMap }
  /** Threefry-2x32 of the key (two u32 at the start of `operand`) and the position; see `backends/reference/threefry.ts`. */
  | { readonly op: 'randomBits'; readonly operand: number; readonly map: IndexMap }
  /** The element at map + index · stride, 0 ≤ index < size; any other index raises the program's fault and reads index 0. */
  | {
      readonly op: 'gather'
      readonly operand: number
      readonly map: IndexMap
      readonly index: number
      readonly stride: number
      readonly size: number
    }
  | { readonly op: Unary | Binary | 'where' | 'cast' | 'bitcast'; readonly inputs: readonly number[] }
  /** The nearest value that a storage dtype holds; i8 wraps around. */
  | { readonly op: 'quantize'; readonly dtype: 'f16' | 'bf16' | 'i8'; readonly inputs: readonly number[] }
  /** The finished result of reduction number `reduction` (over all stages, in order). */
  | { readonly op: 'reduced'; readonly reduction: number }
  /** In the epilogue of a matmul: the product's element. */
  | { readonly op: 'product' }
)

/** `reduceMax` propagates NaN; `argmax` gives the i32 position in the flattened inner loops. */
export interface RowReduction {
  readonly op: Reduction | 'argmax'
  readonly input: number
}

export interface Store {
  readonly operand: number
  readonly value: number
  /** No bounds. */
  readonly map: IndexMap
  /** Written once a row, after the pass of its stage, not once an element. */
  readonly perRow: boolean
}

/**
 * A nest of loops. For every point of the `outer` loops (a row), the stages run in order; each stage is one pass over
 * the `inner` loops that accumulates its reductions and writes its stores. Values of a later stage may use reductions
 * of the stages before. With no inner loops a row is a single element.
 */
export interface LoopKernel {
  readonly kind: 'loops'
  readonly operands: readonly Operand[]
  /** Sizes of the loops over rows, outermost first. */
  readonly outer: readonly number[]
  /** Sizes of the loops within a row. */
  readonly inner: readonly number[]
  /** Which loop runs over SIMD lanes: the last inner one, or the last outer one (then lanes are rows: column reductions). */
  readonly lanes: 'inner' | 'outer'
  readonly values: readonly Value[]
  readonly stages: readonly { readonly reductions: readonly RowReduction[]; readonly stores: readonly Store[] }[]
}

/** product[batch…, i, j] = Σ_k a[batch…, i, k] · b[batch…, k, j] in f32, then the epilogue's stores over loops [batch…, m, n]. */
export interface MatmulKernel {
  readonly kind: 'matmul'
  readonly operands: readonly Operand[]
  readonly batch: readonly number[]
  readonly m: number
  readonly n: number
  readonly k: number
  /** Maps without bounds over [batch…, m, k] and [batch…, k, n]; any strides, 0 included. */
  readonly a: { readonly operand: number; readonly map: IndexMap }
  readonly b: { readonly operand: number; readonly map: IndexMap }
  readonly values: readonly Value[]
  readonly stores: readonly Store[]
}

export interface AttentionSizes {
  readonly batch: readonly number[]
  /** Heads of the query, of which `heads / kvHeads` in a row share one of key and value. */
  readonly heads: number
  readonly kvHeads: number
  readonly queries: number
  readonly keys: number
  readonly channels: number
  readonly values: number
  readonly scale: number
  readonly causal: boolean
}

/** An operand and its map without bounds over [batch…, heads or kvHeads, rows, columns]. */
export interface AttentionInput {
  readonly operand: number
  readonly map: IndexMap
}

/** See the primitive `attention`. All is f32; rows of query, key and value are contiguous. Results are row-major operands, or not wanted. */
export interface AttentionKernel {
  readonly kind: 'attention'
  readonly operands: readonly Operand[]
  readonly sizes: AttentionSizes
  readonly query: AttentionInput
  readonly key: AttentionInput
  readonly value: AttentionInput
  readonly bias: AttentionInput | undefined
  /** One number. */
  readonly offset: AttentionInput | undefined
  readonly results: { readonly output: number | undefined; readonly logSumExp: number | undefined }
}

/** See the primitive `attentionGradient`. All is f32; rows of query, key, value and gradient are contiguous. */
export interface AttentionGradientKernel {
  readonly kind: 'attentionGradient'
  readonly operands: readonly Operand[]
  readonly sizes: AttentionSizes
  readonly query: AttentionInput
  readonly key: AttentionInput
  readonly value: AttentionInput
  readonly gradient: AttentionInput
  readonly logSumExp: AttentionInput
  readonly delta: AttentionInput
  readonly bias: AttentionInput | undefined
  readonly results: {
    readonly query: number | undefined
    readonly key: number | undefined
    readonly value: number | undefined
  }
}

/**
 * out = base, then out[…, index[p], …] += source[p] for every p in `sourceShape`, in order of p along the axis.
 * Maps run over the axes of `outShape` (base, row-major out) or `sourceShape` (index, source).
 */
export interface ScatterAddKernel {
  readonly kind: 'scatterAdd'
  /** base, index, source, out */
  readonly operands: readonly Operand[]
  readonly axis: number
  readonly outShape: readonly number[]
  readonly sourceShape: readonly number[]
  readonly base: IndexMap
  readonly index: IndexMap
  readonly source: IndexMap
}

/**
 * out = base, both row-major, with the source in the place of positions start, start + 1, … of the axis; what would lie
 * outside is left out. Base and out may be one block: then the source is all that is copied.
 */
export interface SliceScatterKernel {
  readonly kind: 'sliceScatter'
  /** base, source, start, out */
  readonly operands: readonly Operand[]
  readonly axis: number
  readonly outShape: readonly number[]
  readonly sourceShape: readonly number[]
  /** Without bounds, over the axes of `sourceShape`; its rows are contiguous. */
  readonly source: IndexMap
  readonly start: IndexMap
}

/** Running sum along an axis; out is row-major. */
export interface CumsumKernel {
  readonly kind: 'cumsum'
  /** x, out */
  readonly operands: readonly Operand[]
  readonly shape: readonly number[]
  readonly axis: number
  readonly x: IndexMap
}

/** Stable sorting permutation along an axis (NaN last, first if descending); out is row-major i32. */
export interface ArgsortKernel {
  readonly kind: 'argsort'
  /** x, out */
  readonly operands: readonly Operand[]
  readonly shape: readonly number[]
  readonly axis: number
  readonly descending: boolean
  readonly x: IndexMap
}
