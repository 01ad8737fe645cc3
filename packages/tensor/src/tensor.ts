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
  neg(): Tensor {
    return elementwise.unary('neg', this)
  }
  abs(): Tensor {
    return elementwise.unary('abs', this)
  }
  sign(): Tensor {
    return elementwise.unary('sign', this)
  }
  floor(): Tensor {
    return elementwise.unary('floor', this)
  }
  ceil(): Tensor {
    return elementwise.unary('ceil', this)
  }
  /** To the nearest integer, halves to even. */
  round(): Tensor {
    return elementwise.unary('round', this)
  }
  trunc(): Tensor {
    return elementwise.unary('trunc', this)
  }
  sqrt(): Tensor {
    return elementwise.real('sqrt', this)
  }
  rsqrt(): Tensor {
    return elementwise.real('rsqrt', this)
  }
  exp(): Tensor {
    return elementwise.real('exp', this)
  }
  log(): Tensor {
    return elementwise.real('log', this)
  }
  log1p(): Tensor {
    return elementwise.log1p(this)
  }
  expm1(): Tensor {
    return elementwise.expm1(this)
  }
  sin(): Tensor {
    return elementwise.real('sin', this)
  }
  cos(): Tensor {
    return elementwise.real('cos', this)
  }
  tanh(): Tensor {
    return elementwise.real('tanh', this)
  }
  erf(): Tensor {
    return elementwise.real('erf', this)
  }
  square(): Tensor {
    return this.mul(this)
  }
  reciprocal(): Tensor {
    return elementwise.reciprocal(this)
  }
  isNaN(): Tensor {
    return this.ne(this)
  }
  isFinite(): Tensor {
    return elementwise.isFinite(this)
  }
  logicalNot(): Tensor {
    return elementwise.logicalNot(this)
  }
  /** Limited to [low, high]; either may be undefined. NaN stays. */
  clamp(low?: Operand, high?: Operand): Tensor {
    return elementwise.clamp(this, low, high)
  }
  // Elementwise, of two operands that broadcast; dtypes meet by promotion
  add(other: Operand): Tensor {
    return elementwise.binary('add', this, other)
  }
  sub(other: Operand): Tensor {
    return elementwise.binary('sub', this, other)
  }
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
  pow(exponent: Operand): Tensor {
    return elementwise.power(this, exponent)
  }
  maximum(other: Operand): Tensor {
    return elementwise.binary('max', this, other)
  }
  minimum(other: Operand): Tensor {
    return elementwise.binary('min', this, other)
  }
  lt(other: Operand): Tensor {
    return elementwise.binary('less', this, other)
  }
  le(other: Operand): Tensor {
    return elementwise.binary('lessEqual', this, other)
  }
  gt(other: Operand): Tensor {
    return elementwise.binary('less', other, this)
  }
  ge(other: Operand): Tensor {
    return elementwise.binary('lessEqual', other, this)
  }
  eq(other: Operand): Tensor {
    return elementwise.binary('equal', this, other)
  }
  ne(other: Operand): Tensor {
    return elementwise.binary('notEqual', this, other)
  }
  /** Of bits; of bool, logic. */
  and(other: Operand): Tensor {
    return elementwise.bits('and', this, other)
  }
  or(other: Operand): Tensor {
    return elementwise.bits('or', this, other)
  }
  xor(other: Operand): Tensor {
    return elementwise.bits('xor', this, other)
  }
  shiftLeft(by: Operand): Tensor {
    return elementwise.bits('shiftLeft', this, by)
  }
  shiftRight(by: Operand): Tensor {
    return elementwise.bits('shiftRight', this, by)
  }
  // Activations
  sigmoid(): Tensor {
    return activation.sigmoid(this)
  }
  relu(): Tensor {
    return activation.relu(this)
  }
  leakyRelu(slope = 0.01): Tensor {
    return activation.leakyRelu(this, slope)
  }
  elu(alpha = 1): Tensor {
    return activation.elu(this, alpha)
  }
  gelu(approximate: 'none' | 'tanh' = 'none'): Tensor {
    return activation.gelu(this, approximate)
  }
  silu(): Tensor {
    return activation.silu(this)
  }
  softplus(): Tensor {
    return activation.softplus(this)
  }
  softmax(axis = -1): Tensor {
    return activation.softmax(this, axis)
  }
  logSoftmax(axis = -1): Tensor {
    return activation.logSoftmax(this, axis)
  }
  // Reductions, over all axes unless some are named
  sum(axes?: Axes, keepdim = false): Tensor {
    return reduce.sum(this, axes, keepdim)
  }
  mean(axes?: Axes, keepdim = false): Tensor {
    return reduce.mean(this, axes, keepdim)
  }
  prod(axes?: Axes, keepdim = false): Tensor {
    return reduce.prod(this, axes, keepdim)
  }
  max(axes?: Axes, keepdim = false): Tensor {
    return reduce.max(this, axes, keepdim)
  }
  min(axes?: Axes, keepdim = false): Tensor {
    return reduce.min(this, axes, keepdim)
  }
  /** Variance; `correction` is subtracted from the count (1: unbiased). */
  var(axes?: Axes, keepdim = false, correction = 1): Tensor {
    return reduce.variance(this, axes, keepdim, correction)
  }
  std(axes?: Axes, keepdim = false, correction = 1): Tensor {
    return reduce.std(this, axes, keepdim, correction)
  }
  /** Euclidean norm. */
  norm(axes?: Axes, keepdim = false): Tensor {
    return reduce.norm(this, axes, keepdim)
  }
  logsumexp(axes?: Axes, keepdim = false): Tensor {
    return reduce.logsumexp(this, axes, keepdim)
  }
  any(axes?: Axes, keepdim = false): Tensor {
    return reduce.any(this, axes, keepdim)
  }
  all(axes?: Axes, keepdim = false): Tensor {
    return reduce.all(this, axes, keepdim)
  }
  /** Position (i32) of the largest value, the first of equals; over all elements without an axis. */
  argmax(axis?: number, keepdim = false): Tensor {
    return reduce.argmax(this, axis, keepdim)
  }
  argmin(axis?: number, keepdim = false): Tensor {
    return reduce.argmax(this.neg(), axis, keepdim)
  }
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
  permute(axes: readonly number[]): Tensor {
    return views.permute(this, axes)
  }
  transpose(a = -2, b = -1): Tensor {
    return views.transpose(this, a, b)
  }
  /** Broadcast to a shape; −1 keeps a size. */
  expand(shape: Shape): Tensor {
    return views.expand(this, shape)
  }
  squeeze(axis?: number): Tensor {
    return views.squeeze(this, axis)
  }
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
  split(size: number | readonly number[], axis = 0): Tensor[] {
    return views.split(this, size, axis)
  }
  chunk(count: number, axis = 0): Tensor[] {
    return views.chunk(this, count, axis)
  }
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
  gather(axis: number, index: Tensor): Tensor {
    return indexing.gather(this, axis, index)
  }
  scatterAdd(axis: number, index: Tensor, source: Tensor): Tensor {
    return indexing.scatterAdd(this, axis, index, source)
  }
  sliceScatter(source: Tensor, axis = 0, start: Tensor | number = 0): Tensor {
    return indexing.sliceScatter(this, source, axis, start)
  }
  /** Whole slices of an axis, by an index of any shape, which takes the axis' place. */
  indexSelect(axis: number, index: Tensor): Tensor {
    return indexing.indexSelect(this, axis, index)
  }
  argsort(axis = -1, descending = false): Tensor {
    return indexing.argsort(this, axis, descending)
  }
  sort(axis = -1, descending = false): { values: Tensor; indices: Tensor } {
    return indexing.sort(this, axis, descending)
  }
  topk(k: number, axis = -1): { values: Tensor; indices: Tensor } {
    return indexing.topk(this, k, axis)
  }
  /** `value` where the mask (bool, broadcast) holds. */
  maskedFill(mask: Tensor, value: number): Tensor {
    return elementwise.where(mask, value, this)
  }
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
