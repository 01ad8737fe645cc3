import type { DType } from '../dtype.ts'
import type { Shape } from '../shape.ts'

/**
 * The primitive operations. Everything else is composed of them. Each is declared here once, by its attributes; shape
 * and dtype rules stand in `build.ts`, meaning in `backends/reference`, gradients in `@wids/autograd`.
 */
export interface Attributes
  extends
    Record<Unary, NoAttributes>,
    Record<Binary, NoAttributes>,
    Record<Reduction, { readonly axes: readonly number[] }> {
  /** A realized tensor, or a slot of a program. No inputs. */
  buffer: NoAttributes
  /** One number everywhere in a shape. No inputs. */
  constant: { readonly value: number; readonly shape: Shape }
  /** 0, 1, …, size-1: shape [size], i32. No inputs. */
  iota: { readonly size: number }
  /** Threefry-2x32 of (key, position): input key u32 [2]; u32 of the given shape. */
  randomBits: { readonly shape: Shape }
  /** Value conversion to the node's dtype (float → integer truncates toward zero and saturates, NaN → 0; anything → bool is `!= 0`). */
  cast: { readonly dtype: DType }
  /** Same bits as another dtype of the same size (f32, i32, u32). */
  bitcast: { readonly dtype: DType }
  /** condition (bool), a, b: all of one shape. */
  where: NoAttributes
  /** Index (i32, first of equals; NaN wins) of the largest value along one axis, which stays with size 1. */
  argmax: { readonly axis: number }
  /** Running sum along an axis. */
  cumsum: { readonly axis: number }
  reshape: { readonly shape: Shape }
  permute: { readonly axes: readonly number[] }
  /** Repeats axes of size 1; same rank. */
  expand: { readonly shape: Shape }
  /** Adds `before[i]` and `after[i]` elements of `value` around axis i. */
  pad: { readonly before: readonly number[]; readonly after: readonly number[]; readonly value: number }
  /** Elements start, start+step, … < stop of every axis; step ≥ 1. */
  slice: { readonly start: readonly number[]; readonly stop: readonly number[]; readonly step: readonly number[] }
  flip: { readonly axes: readonly number[] }
  /** Sliding windows over an axis: it becomes the number of windows, and a last axis of `size` is added: out[…, i, …, k] = in[…, i·stride + k·dilation, …]. */
  window: { readonly axis: number; readonly size: number; readonly stride: number; readonly dilation: number }
  /** One or more inputs, one after the other along an axis; their other axes are equal. */
  concat: { readonly axis: number }
  /** [batch…, m, k] · [batch…, k, n], equal batch axes (broadcast by `expand` before). */
  matmul: NoAttributes
  /**
   * query [batch…, heads, queries, channels], key and value [batch…, kvHeads, keys, channels or values], all real, and a
   * bias [batch…, heads, queries, keys] or none; if shifted, an offset (i32 [], below 0 it counts as 0). With
   * S = scale · Q Kᵀ + bias, −∞ where a causal order hides a key:
   * softmax(S) V as [batch…, queries, heads, values], 0 where every key is hidden; or, of each row of S, the logarithm
   * of the sum of exponentials as [batch…, heads, queries, 1], ∞ where every key is hidden. Query heads in order share
   * key heads. One kernel computes both parts.
   */
  attention: {
    readonly scale: number
    readonly causal: boolean
    readonly shifted: boolean
    readonly part: 'output' | 'logSumExp'
  }
  /**
   * query, key, value as above, gradient G [batch…, heads, queries, values], logSumExp L and delta D (both
   * [batch…, heads, queries, 1]), and the bias or none. With P = exp(S − L) and dS = P ∘ (G Vᵀ − D): scale · dS K as
   * [batch…, queries, heads, channels]; scale · dSᵀ Q, or Pᵀ G, as [batch…, keys, kvHeads, channels or values]. One
   * kernel computes all parts.
   */
  attentionGradient: { readonly scale: number; readonly causal: boolean; readonly part: 'query' | 'key' | 'value' }
  /** out[i][j][k] = x[i][index[i][j][k]][k] for axis 1: x and index (i32) of the same rank, equal sizes but along the axis. */
  gather: { readonly axis: number }
  /** base, index (i32), source: base plus source added at index along the axis, as `torch.scatter_add`. */
  scatterAdd: { readonly axis: number }
  /**
   * base, source, start (i32 []): base with the source in the place of positions start, start + 1, … of the axis, as
   * `torch.slice_scatter`; what would lie outside is left out. Both have equal sizes but along the axis.
   */
  sliceScatter: { readonly axis: number }
  /** Stable order of the values along an axis, i32; NaN last (first if descending). */
  argsort: { readonly axis: number; readonly descending: boolean }
}

/** How scores are made of query and key. In a causal order query i sees keys 0 … offset + i only. */
export type ScoreAttributes = Omit<Attributes['attentionGradient'], 'part'>
/** How attention's output is made: the scores, and whether an offset is given. */
export type AttentionAttributes = Omit<Attributes['attention'], 'part'>

/** Of operations that their inputs alone define. */
export type NoAttributes = Readonly<Record<never, never>>

/** Elementwise operations of one input. `round` is half to even; `not` is of bool; `detach` is the identity without a gradient. */
export const unaries = [
  'neg',
  'abs',
  'sign',
  'floor',
  'ceil',
  'round',
  'trunc',
  'sqrt',
  'rsqrt',
  'exp',
  'log',
  'sin',
  'cos',
  'tanh',
  'sigmoid',
  'erf',
  'not',
  'detach',
] as const
/** An elementwise operation of one input, by name. */
export type Unary = (typeof unaries)[number]

/**
 * Elementwise operations of two inputs of one shape and dtype. `mod` has the divisor's sign (`torch.remainder`); integer
 * `div` truncates, by zero gives 0; `max` and `min` propagate NaN; `less lessEqual equal notEqual` give bool;
 * `and or xor` work on bits (bool: logic); shifts are of i32 (arithmetic) and u32.
 */
export const binaries = [
  'add',
  'sub',
  'mul',
  'div',
  'mod',
  'pow',
  'max',
  'min',
  'less',
  'lessEqual',
  'equal',
  'notEqual',
  'and',
  'or',
  'xor',
  'shiftLeft',
  'shiftRight',
] as const
/** An elementwise operation of two inputs, by name. */
export type Binary = (typeof binaries)[number]

/** Reductions over axes, which stay with size 1. */
export const reductions = ['sum', 'reduceMax', 'prod'] as const
/** A reduction, by name. */
export type Reduction = (typeof reductions)[number]

/** Operations that only rename positions. */
export const views = ['reshape', 'permute', 'expand', 'pad', 'slice', 'flip', 'window'] as const
/** An operation that only renames positions, by name. */
export type View = (typeof views)[number]

/** A primitive operation, by name. */
export type Primitive = keyof Attributes

const families = {
  unary: new Set<string>(unaries),
  binary: new Set<string>(binaries),
  reduction: new Set<string>(reductions),
  view: new Set<string>(views),
}

export const isUnary = (op: Primitive): op is Unary => families.unary.has(op)
export const isBinary = (op: Primitive): op is Binary => families.binary.has(op)
export const isReduction = (op: Primitive): op is Reduction => families.reduction.has(op)
export const isView = (op: Primitive): op is View => families.view.has(op)
/** Computes each element from the elements at the same position. */
export const isElementwise = (op: Primitive): boolean =>
  isUnary(op) || isBinary(op) || op === 'where' || op === 'cast' || op === 'bitcast'
