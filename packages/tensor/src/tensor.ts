/* oxlint-disable max-lines -- a table of methods */
import type { DType } from './dtype.ts'
import { Handle } from './handle.ts'
import * as activation from './ops/activation.ts'
import * as elementwise from './ops/elementwise.ts'
import type { Operand } from './ops/elementwise.ts'
import * as indexing from './ops/indexing.ts'
import * as linear from './ops/linear.ts'
import * as reduce from './ops/reduce.ts'
import type { Axes } from './ops/reduce.ts'
import * as views from './ops/views.ts'
import type { Index } from './ops/views.ts'
import { toDevice } from './ops/create.ts'
import type { DeviceName } from './runtime/device.ts'
import type { Shape } from './shape.ts'

/**
 * An n-dimensional array: a handle on a node of the graph. Operations check shapes and dtypes at once and compute
 * nothing; reading (`data`, `item`, `toArray`) compiles what is needed into one program and runs it. Nothing needs to
 * be freed. The methods are PyTorch's, with its defaults; `ops/` explains each.
 *
 * @example
 * const x = tensor([[1, 2], [3, 4]])
 * await x.matmul(x).sum(-1).toArray()   // [17, 37]
 */
export class Tensor extends Handle {
  // Another form of the same value
  /** Converted to another dtype. */
  to(dtype: DType): Tensor {
    return elementwise.cast(this, dtype)
  }
  /** The same bits read as another dtype of the same size (f32, i32, u32). */
  bitcast(dtype: DType): Tensor {
    return elementwise.bitcast(this, dtype)
  }
  /** The same value, through which no gradient flows. */
  detach(): Tensor {
    return elementwise.unary('detach', this)
  }
  /** A copy on another device. */
  toDevice(name: DeviceName): Promise<Tensor> {
    return toDevice(this, name)
  }
  // Elementwise, of one tensor; real functions take integers as f32
  /** −x */
  neg(): Tensor {
    return elementwise.unary('neg', this)
  }
  /** |x| */
  abs(): Tensor {
    return elementwise.unary('abs', this)
  }
  /** −1, 0 or 1; NaN stays. */
  sign(): Tensor {
    return elementwise.unary('sign', this)
  }
  /** Down to a whole number. */
  floor(): Tensor {
    return elementwise.unary('floor', this)
  }
  /** Up to a whole number. */
  ceil(): Tensor {
    return elementwise.unary('ceil', this)
  }
  /** To the nearest integer, halves to even. */
  round(): Tensor {
    return elementwise.unary('round', this)
  }
  /** Toward 0 to a whole number. */
  trunc(): Tensor {
    return elementwise.unary('trunc', this)
  }
  /** √x */
  sqrt(): Tensor {
    return elementwise.real('sqrt', this)
  }
  /** 1 / √x */
  rsqrt(): Tensor {
    return elementwise.real('rsqrt', this)
  }
  /** eˣ */
  exp(): Tensor {
    return elementwise.real('exp', this)
  }
  /** Natural logarithm. */
  log(): Tensor {
    return elementwise.real('log', this)
  }
  /** log(1 + x), exact for small x (`torch.log1p`). */
  log1p(): Tensor {
    return elementwise.log1p(this)
  }
  /** eˣ − 1, exact for small x (`torch.expm1`). */
  expm1(): Tensor {
    return elementwise.expm1(this)
  }
  /** Sine of radians. */
  sin(): Tensor {
    return elementwise.real('sin', this)
  }
  /** Cosine of radians. */
  cos(): Tensor {
    return elementwise.real('cos', this)
  }
  /** (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ) */
  tanh(): Tensor {
    return elementwise.real('tanh', this)
  }
  /** 2/√π ∫₀ˣ e^(−t²) dt */
  erf(): Tensor {
    return elementwise.real('erf', this)
  }
  /** x² */
  square(): Tensor {
    return this.mul(this)
  }
  /** 1 / x */
  reciprocal(): Tensor {
    return elementwise.reciprocal(this)
  }
  /** Whether x is not a number, as bool. */
  isNaN(): Tensor {
    return this.ne(this)
  }
  /** Whether x is neither infinite nor NaN, as bool. */
  isFinite(): Tensor {
    return elementwise.isFinite(this)
  }
  /** Whether x is 0, as bool. */
  logicalNot(): Tensor {
    return elementwise.logicalNot(this)
  }
  /** Limited to [low, high]; either may be undefined. NaN stays. */
  clamp(low?: Operand, high?: Operand): Tensor {
    return elementwise.clamp(this, low, high)
  }
  // Elementwise, of two operands that broadcast; dtypes meet by promotion
  /**
   * x + y.
   *
   * @throws ShapeError unless the shapes broadcast, as with every operation of two
   */
  add(other: Operand): Tensor {
    return elementwise.binary('add', this, other)
  }
  /** x − y */
  sub(other: Operand): Tensor {
    return elementwise.binary('sub', this, other)
  }
  /** x · y, elementwise */
  mul(other: Operand): Tensor {
    return elementwise.binary('mul', this, other)
  }
  /** True division: integers give f32. */
  div(other: Operand): Tensor {
    return elementwise.divide(this, other)
  }
  /** Integer division toward minus infinity (`torch.floor_divide`). */
  floorDivide(other: Operand): Tensor {
    return elementwise.floorDivide(this, other)
  }
  /** Remainder with the divisor's sign. */
  remainder(other: Operand): Tensor {
    return elementwise.binary('mod', this, other)
  }
  /** x to the power y; small whole powers are products. */
  pow(exponent: Operand): Tensor {
    return elementwise.power(this, exponent)
  }
  /** The larger of x and y; NaN if either is. */
  maximum(other: Operand): Tensor {
    return elementwise.binary('max', this, other)
  }
  /** The smaller of x and y; NaN if either is. */
  minimum(other: Operand): Tensor {
    return elementwise.binary('min', this, other)
  }
  /** x < y, as bool */
  lt(other: Operand): Tensor {
    return elementwise.binary('less', this, other)
  }
  /** x ≤ y, as bool */
  le(other: Operand): Tensor {
    return elementwise.binary('lessEqual', this, other)
  }
  /** x > y, as bool */
  gt(other: Operand): Tensor {
    return elementwise.binary('less', other, this)
  }
  /** x ≥ y, as bool */
  ge(other: Operand): Tensor {
    return elementwise.binary('lessEqual', other, this)
  }
  /** x = y, as bool */
  eq(other: Operand): Tensor {
    return elementwise.binary('equal', this, other)
  }
  /** x ≠ y, as bool */
  ne(other: Operand): Tensor {
    return elementwise.binary('notEqual', this, other)
  }
  /** Of bits; of bool, logic. */
  and(other: Operand): Tensor {
    return elementwise.bits('and', this, other)
  }
  /** Of bits; of bool, logic. */
  or(other: Operand): Tensor {
    return elementwise.bits('or', this, other)
  }
  /** Of bits; of bool, logic. */
  xor(other: Operand): Tensor {
    return elementwise.bits('xor', this, other)
  }
  /**
   * Bits moved up.
   *
   * @throws DTypeError for real numbers, as with `and`, `or`, `xor` and `shiftRight`
   */
  shiftLeft(by: Operand): Tensor {
    return elementwise.bits('shiftLeft', this, by)
  }
  /** Bits moved down; of i32, the sign stays. */
  shiftRight(by: Operand): Tensor {
    return elementwise.bits('shiftRight', this, by)
  }
  // Activations
  /** 1 / (1 + e⁻ˣ) */
  sigmoid(): Tensor {
    return activation.sigmoid(this)
  }
  /** max(x, 0), whose derivative at 0 is 0 */
  relu(): Tensor {
    return activation.relu(this)
  }
  /** x if x > 0, else slope · x */
  leakyRelu(slope = 0.01): Tensor {
    return activation.leakyRelu(this, slope)
  }
  /** x if x > 0, else α(eˣ − 1) (Clevert et al., 2016) */
  elu(alpha = 1): Tensor {
    return activation.elu(this, alpha)
  }
  /** x·Φ(x) (Hendrycks & Gimpel, 2016); 'tanh' is GPT-2's ½x(1 + tanh(√(2/π)(x + 0.044715x³))). */
  gelu(approximate: 'none' | 'tanh' = 'none'): Tensor {
    return activation.gelu(this, approximate)
  }
  /** x / (1 + e⁻ˣ) */
  silu(): Tensor {
    return activation.silu(this)
  }
  /** log(1 + eˣ), which does not overflow */
  softplus(): Tensor {
    return activation.softplus(this)
  }
  /**
   * eˣ / Σ eˣ over an axis, which does not overflow.
   *
   * @throws ArgumentError for an axis that is not there
   */
  softmax(axis = -1): Tensor {
    return activation.softmax(this, axis)
  }
  /** x − log Σ eˣ over an axis, which does not overflow. */
  logSoftmax(axis = -1): Tensor {
    return activation.logSoftmax(this, axis)
  }
  // Reductions, over all axes unless some are named
  /**
   * Σ x.
   *
   * @throws ArgumentError for axes that are not there, as with every reduction
   */
  sum(axes?: Axes, keepdim = false): Tensor {
    return reduce.sum(this, axes, keepdim)
  }
  /** Σ x / n */
  mean(axes?: Axes, keepdim = false): Tensor {
    return reduce.mean(this, axes, keepdim)
  }
  /** Product of the values. */
  prod(axes?: Axes, keepdim = false): Tensor {
    return reduce.prod(this, axes, keepdim)
  }
  /** The largest value; NaN if one is. */
  max(axes?: Axes, keepdim = false): Tensor {
    return reduce.max(this, axes, keepdim)
  }
  /** The smallest value; NaN if one is. */
  min(axes?: Axes, keepdim = false): Tensor {
    return reduce.min(this, axes, keepdim)
  }
  /** Variance; `correction` is subtracted from the count (1: unbiased). */
  var(axes?: Axes, keepdim = false, correction = 1): Tensor {
    return reduce.variance(this, axes, keepdim, correction)
  }
  /** √ of the variance; `correction` is subtracted from the count (1: unbiased). */
  std(axes?: Axes, keepdim = false, correction = 1): Tensor {
    return reduce.std(this, axes, keepdim, correction)
  }
  /** Euclidean norm. */
  norm(axes?: Axes, keepdim = false): Tensor {
    return reduce.norm(this, axes, keepdim)
  }
  /** log Σ eˣ, which does not overflow */
  logsumexp(axes?: Axes, keepdim = false): Tensor {
    return reduce.logsumexp(this, axes, keepdim)
  }
  /** Whether a value is not 0, as bool. */
  any(axes?: Axes, keepdim = false): Tensor {
    return reduce.any(this, axes, keepdim)
  }
  /** Whether no value is 0, as bool. */
  all(axes?: Axes, keepdim = false): Tensor {
    return reduce.all(this, axes, keepdim)
  }
  /** Position (i32) of the largest value, the first of equals; over all elements without an axis. */
  argmax(axis?: number, keepdim = false): Tensor {
    return reduce.argmax(this, axis, keepdim)
  }
  /** Position (i32) of the smallest value, the first of equals; over all elements without an axis. */
  argmin(axis?: number, keepdim = false): Tensor {
    return reduce.argmax(this.neg(), axis, keepdim)
  }
  /** Sums of the values up to each position of an axis, in the shape of x. */
  cumsum(axis: number): Tensor {
    return reduce.cumsum(this, axis)
  }
  /** `(x − mean) / √(var + eps)` over the last axis. */
  normalize(eps = 1e-5): Tensor {
    return reduce.normalize(this, eps)
  }
  // Views
  /** The same elements in another shape; one size may be −1. */
  reshape(shape: Shape): Tensor {
    return views.reshape(this, shape)
  }
  /** Joins the axes start … end into one. */
  flatten(start = 0, end = -1): Tensor {
    return views.flatten(this, start, end)
  }
  /** The axes in another order: axis i of the result is axis `axes[i]` of x. */
  permute(axes: readonly number[]): Tensor {
    return views.permute(this, axes)
  }
  /** Two axes exchanged, by default the last two. */
  transpose(a = -2, b = -1): Tensor {
    return views.transpose(this, a, b)
  }
  /** Broadcast to a shape; −1 keeps a size. */
  expand(shape: Shape): Tensor {
    return views.expand(this, shape)
  }
  /** Without an axis of size 1, or without all of them. */
  squeeze(axis?: number): Tensor {
    return views.squeeze(this, axis)
  }
  /** With an axis of size 1 at this position. */
  unsqueeze(axis: number): Tensor {
    return views.unsqueeze(this, axis)
  }
  /** Part of each axis: an integer picks (negative from the end), [start, stop, step] cuts, null keeps. */
  at(...indices: readonly Index[]): Tensor {
    return views.at(this, indices)
  }
  /** `length` positions of an axis from `start`. */
  narrow(axis: number, start: number, length: number): Tensor {
    return views.narrow(this, axis, start, length)
  }
  /** Parts of an axis of `size` positions (the last may be smaller), or of these sizes. */
  split(size: number | readonly number[], axis = 0): Tensor[] {
    return views.split(this, size, axis)
  }
  /** At most `count` parts of an axis, all but the last of one size. */
  chunk(count: number, axis = 0): Tensor[] {
    return views.chunk(this, count, axis)
  }
  /** Axes in reverse order. */
  flip(axes: Axes): Tensor {
    return views.flip(this, axes)
  }
  /** Pairs [before, after] for the last axes, last axis last. */
  pad(widths: readonly (readonly [number, number])[], value = 0): Tensor {
    return views.pad(this, widths, value)
  }
  /** Copies side by side, `counts` for the last axes. */
  repeat(counts: readonly number[]): Tensor {
    return views.repeat(this, counts)
  }
  /** Sliding windows of an axis, as a new last axis. */
  unfold(axis: number, size: number, stride = 1, dilation = 1): Tensor {
    return views.unfold(this, axis, size, stride, dilation)
  }
  // Indexing
  /** out[i][j] = x[i][index[i][j]] for axis 1 (`torch.gather`). Computing throws for an index out of range. */
  gather(axis: number, index: Tensor): Tensor {
    return indexing.gather(this, axis, index)
  }
  /** x with x[i][index[i][j]] += source[i][j] for axis 1 (`torch.scatter_add`); repeated indices add up in order. */
  scatterAdd(axis: number, index: Tensor, source: Tensor): Tensor {
    return indexing.scatterAdd(this, axis, index, source)
  }
  /** x with `source` in the place of positions start, start + 1, … of an axis (`torch.slice_scatter`). */
  sliceScatter(source: Tensor, axis = 0, start: Tensor | number = 0): Tensor {
    return indexing.sliceScatter(this, source, axis, start)
  }
  /** Whole slices of an axis, by an index of any shape, which takes the axis' place. */
  indexSelect(axis: number, index: Tensor): Tensor {
    return indexing.indexSelect(this, axis, index)
  }
  /** The positions (i32) that sort an axis; equals keep their order, and NaN is the largest. */
  argsort(axis = -1, descending = false): Tensor {
    return indexing.argsort(this, axis, descending)
  }
  /** Values of an axis in order, and the positions (i32) where they were. */
  sort(axis = -1, descending = false): { values: Tensor; indices: Tensor } {
    return indexing.sort(this, axis, descending)
  }
  /** The k largest of an axis, largest first, and their positions (i32). */
  topk(k: number, axis = -1): { values: Tensor; indices: Tensor } {
    return indexing.topk(this, k, axis)
  }
  /** `value` where the mask (bool, broadcast) holds. */
  maskedFill(mask: Tensor, value: number): Tensor {
    return elementwise.where(mask, value, this)
  }
  /**
   * [..., m, k] · [..., k, n] is [..., m, n] (`torch.matmul`): leading axes broadcast, a vector counts as a row or a
   * column.
   *
   * @throws ShapeError `matmul: inner sizes differ, got [2, 3] and [4, 5]`
   * @example
   * tensor([[1, 2]]).matmul(tensor([[3], [4]]))   // [[11]]
   */
  matmul(other: Tensor): Tensor {
    return linear.matmul(this, other)
  }
  /** Zero above diagonal k. */
  tril(k = 0): Tensor {
    return linear.tril(this, k)
  }
  /** Zero below diagonal k. */
  triu(k = 0): Tensor {
    return linear.triu(this, k)
  }
}
