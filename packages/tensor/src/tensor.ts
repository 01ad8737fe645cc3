/* oxlint-disable max-lines -- a table of methods */
import type { DType } from './dtype.ts'
import { Handle } from './handle.ts'
import { nameMethods } from './naming.ts'
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
 * be freed. The methods are PyTorch's, with its defaults; where a name differs, PyTorch's is given.
 *
 * Methods of one value an element give the shape of x; those of two operands, the shape to which both broadcast.
 * Reductions drop the axes they are over, or with `keepdim` leave them with size 1. An axis counts from 0, a negative
 * one from the end; one that is not there is an ArgumentError. Tensors of two devices in one operation are a DeviceError.
 *
 * @example
 * const x = tensor([[1, 2], [3, 4]])
 * await x.matmul(x).sum(-1).toArray()   // [17, 37]
 */
export class Tensor extends Handle {
  // Another form of the same value
  /**
   * Converted to another dtype; real to integer cuts off toward 0, anything to bool is x ≠ 0.
   *
   * @throws DTypeError for a dtype that does not exist
   */
  to(dtype: DType): Tensor {
    return elementwise.cast(this, dtype)
  }
  /**
   * The same bits read as another dtype of the same size: f32, i32, u32 (`view(dtype)`).
   *
   * @throws DTypeError if the sizes differ
   */
  bitcast(dtype: DType): Tensor {
    return elementwise.bitcast(this, dtype)
  }
  /** The same value, through which no gradient flows. */
  detach(): Tensor {
    return elementwise.unary('detach', this)
  }
  /**
   * A copy on another device (`to(device)`).
   *
   * @throws DeviceError for a device that does not exist; DTypeError if it lacks the dtype; as `data`
   */
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
  /** −1, 0 or 1, the sign of x; NaN stays. */
  sign(): Tensor {
    return elementwise.unary('sign', this)
  }
  /** ⌊x⌋, down to a whole number. */
  floor(): Tensor {
    return elementwise.unary('floor', this)
  }
  /** ⌈x⌉, up to a whole number. */
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
  /** √x; NaN below 0. */
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
  /** ln x, the natural logarithm; −∞ of 0, NaN below. */
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
  /** (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), the hyperbolic tangent. */
  tanh(): Tensor {
    return elementwise.real('tanh', this)
  }
  /** 2/√π ∫₀ˣ e^(−t²) dt, the error function. */
  erf(): Tensor {
    return elementwise.real('erf', this)
  }
  /** x² */
  square(): Tensor {
    return this.mul(this)
  }
  /** 1 / x; integers give f32. */
  reciprocal(): Tensor {
    return elementwise.reciprocal(this)
  }
  /** Whether x is not a number, as bool (`isnan`). */
  isNaN(): Tensor {
    return this.ne(this)
  }
  /** Whether x is neither infinite nor NaN, as bool (`isfinite`). */
  isFinite(): Tensor {
    return elementwise.isFinite(this)
  }
  /** Whether x is 0, as bool (`logical_not`). */
  logicalNot(): Tensor {
    return elementwise.logicalNot(this)
  }
  /**
   * Limited to [low, high], which broadcast; either may be undefined. NaN stays.
   *
   * @throws ArgumentError if both are; ShapeError unless the shapes broadcast
   */
  clamp(low?: Operand, high?: Operand): Tensor {
    return elementwise.clamp(this, low, high)
  }
  // Elementwise, of two operands that broadcast; dtypes meet by promotion
  /**
   * x + y, in the shape to which both broadcast.
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
  /** ⌊x / y⌋, division toward minus infinity (`floor_divide`). */
  floorDivide(other: Operand): Tensor {
    return elementwise.floorDivide(this, other)
  }
  /** Remainder with the divisor's sign: x − ⌊x / y⌋ · y. */
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
  /**
   * x and y, bit by bit; of bool, logic (`bitwise_and`).
   *
   * @throws DTypeError for real numbers
   */
  and(other: Operand): Tensor {
    return elementwise.bits('and', this, other)
  }
  /**
   * x or y, bit by bit; of bool, logic (`bitwise_or`).
   *
   * @throws DTypeError for real numbers
   */
  or(other: Operand): Tensor {
    return elementwise.bits('or', this, other)
  }
  /**
   * Either x or y, bit by bit; of bool, logic (`bitwise_xor`).
   *
   * @throws DTypeError for real numbers
   */
  xor(other: Operand): Tensor {
    return elementwise.bits('xor', this, other)
  }
  /**
   * Bits moved up: x · 2ʸ (`bitwise_left_shift`).
   *
   * @throws DTypeError for real numbers
   */
  shiftLeft(by: Operand): Tensor {
    return elementwise.bits('shiftLeft', this, by)
  }
  /**
   * Bits moved down: ⌊x / 2ʸ⌋; of i32, the sign stays (`bitwise_right_shift`).
   *
   * @throws DTypeError for real numbers
   */
  shiftRight(by: Operand): Tensor {
    return elementwise.bits('shiftRight', this, by)
  }
  // Activations
  /** 1 / (1 + e⁻ˣ) */
  sigmoid(): Tensor {
    return elementwise.real('sigmoid', this)
  }
  /** max(x, 0), whose derivative at 0 is 0 (`F.relu`) */
  relu(): Tensor {
    return activation.relu(this)
  }
  /** x if x > 0, else slope · x (`F.leaky_relu`) */
  leakyRelu(slope = 0.01): Tensor {
    return activation.leakyRelu(this, slope)
  }
  /** x if x > 0, else α(eˣ − 1) (Clevert et al., 2016; `F.elu`) */
  elu(alpha = 1): Tensor {
    return activation.elu(this, alpha)
  }
  /**
   * x·Φ(x) (Hendrycks & Gimpel, 2016); 'tanh' is GPT-2's ½x(1 + tanh(√(2/π)(x + 0.044715x³))).
   *
   * @throws ArgumentError for another approximation
   */
  gelu(approximate: 'none' | 'tanh' = 'none'): Tensor {
    return activation.gelu(this, approximate)
  }
  /** x / (1 + e⁻ˣ) (Elfwing et al., 2018; `F.silu`) */
  silu(): Tensor {
    return activation.silu(this)
  }
  /** log(1 + eˣ), which does not overflow (`F.softplus`) */
  softplus(): Tensor {
    return activation.softplus(this)
  }
  /**
   * eˣ / Σ eˣ over an axis, which does not overflow, in the shape of x.
   *
   * @throws ArgumentError for an axis that is not there
   */
  softmax(axis = -1): Tensor {
    return activation.softmax(this, axis)
  }
  /**
   * x − log Σ eˣ over an axis, which does not overflow, in the shape of x (`log_softmax`).
   *
   * @throws ArgumentError for an axis that is not there
   */
  logSoftmax(axis = -1): Tensor {
    return activation.logSoftmax(this, axis)
  }
  // Reductions, over all axes unless some are named
  /**
   * Σ x; bool and i8 are added as i32.
   *
   * @throws ArgumentError for axes that are not there, as with every reduction
   */
  sum(axes?: Axes, keepdim = false): Tensor {
    return reduce.sum(this, axes, keepdim)
  }
  /** Σ x / n; integers give f32. */
  mean(axes?: Axes, keepdim = false): Tensor {
    return reduce.mean(this, axes, keepdim)
  }
  /** Π x, the product of the values; bool and i8 as i32. */
  prod(axes?: Axes, keepdim = false): Tensor {
    return reduce.prod(this, axes, keepdim)
  }
  /**
   * The largest value; NaN if one is (`amax`).
   *
   * @throws ShapeError if there are no values
   */
  max(axes?: Axes, keepdim = false): Tensor {
    return reduce.max(this, axes, keepdim)
  }
  /**
   * The smallest value; NaN if one is (`amin`).
   *
   * @throws ShapeError if there are no values
   */
  min(axes?: Axes, keepdim = false): Tensor {
    return reduce.min(this, axes, keepdim)
  }
  /** Variance Σ (x − mean)² / (n − correction); 1 is unbiased. */
  var(axes?: Axes, keepdim = false, correction = 1): Tensor {
    return reduce.variance(this, axes, keepdim, correction)
  }
  /** Standard deviation √(Σ (x − mean)² / (n − correction)); 1 as in `var`. */
  std(axes?: Axes, keepdim = false, correction = 1): Tensor {
    return reduce.std(this, axes, keepdim, correction)
  }
  /** √Σ x², the Euclidean norm (`linalg.vector_norm`). */
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
  /**
   * Position (i32) of the largest value, the first of equals; over all elements without an axis.
   *
   * @throws ShapeError if there are no values
   */
  argmax(axis?: number, keepdim = false): Tensor {
    return reduce.argmax(this, axis, keepdim)
  }
  /**
   * Position (i32) of the smallest value, the first of equals; over all elements without an axis.
   *
   * @throws ShapeError if there are no values
   */
  argmin(axis?: number, keepdim = false): Tensor {
    return reduce.argmax(this.neg(), axis, keepdim)
  }
  /** Sums of the values up to each position of an axis, in the shape of x. */
  cumsum(axis: number): Tensor {
    return reduce.cumsum(this, axis)
  }
  /**
   * (x − mean) / √(var + eps) over the last axis, in the shape of x: `F.layer_norm` without weights (Ba et al., 2016).
   *
   * @throws DTypeError unless x is real
   */
  normalize(eps = 1e-5): Tensor {
    return reduce.normalize(this, eps)
  }
  // Views
  /**
   * The same elements in another shape, in row-major order; one size may be −1, which the others give.
   *
   * @throws ShapeError if the numbers of elements differ
   */
  reshape(shape: Shape): Tensor {
    return views.reshape(this, shape)
  }
  /**
   * Joins the axes start … end into one, whose size is their product; a scalar becomes [1].
   *
   * @throws ArgumentError if end lies before start
   */
  flatten(start = 0, end = -1): Tensor {
    return views.flatten(this, start, end)
  }
  /**
   * The axes in another order: axis i of the result is axis `axes[i]` of x.
   *
   * @throws ArgumentError unless each axis is named once
   */
  permute(axes: readonly number[]): Tensor {
    return views.permute(this, axes)
  }
  /** Two axes exchanged, by default the last two: [..., m, n] becomes [..., n, m]. */
  transpose(a = -2, b = -1): Tensor {
    return views.transpose(this, a, b)
  }
  /**
   * Broadcast to a shape; −1 keeps a size, new axes come in front.
   *
   * @throws ShapeError unless every size is 1 or stays
   */
  expand(shape: Shape): Tensor {
    return views.expand(this, shape)
  }
  /** Without an axis of size 1 (one of another size stays), or without all of them. */
  squeeze(axis?: number): Tensor {
    return views.squeeze(this, axis)
  }
  /** With a new axis of size 1 at this position. */
  unsqueeze(axis: number): Tensor {
    return views.unsqueeze(this, axis)
  }
  /**
   * Part of each axis: an integer picks (negative from the end) and drops the axis, [start, stop, step] cuts, null keeps,
   * as do axes without an index; `x[1, 2:5]` is `x.at(1, [2, 5])`.
   *
   * @throws ArgumentError for an integer out of range, a step below 1 or more indices than axes
   */
  at(...indices: readonly Index[]): Tensor {
    return views.at(this, indices)
  }
  /**
   * `length` positions of an axis from `start`, which may count from the end.
   *
   * @throws ArgumentError if they leave the axis
   */
  narrow(axis: number, start: number, length: number): Tensor {
    return views.narrow(this, axis, start, length)
  }
  /**
   * Parts of an axis of `size` positions (the last may be smaller), or of these sizes.
   *
   * @throws ArgumentError unless the size is a positive integer or the sizes add up to the axis
   */
  split(size: number | readonly number[], axis = 0): Tensor[] {
    return views.split(this, size, axis)
  }
  /**
   * At most `count` parts of an axis, all but the last of one size.
   *
   * @throws ArgumentError unless the count is a positive integer
   */
  chunk(count: number, axis = 0): Tensor[] {
    return views.chunk(this, count, axis)
  }
  /** The elements of these axes in reverse order, in the shape of x. */
  flip(axes: Axes): Tensor {
    return views.flip(this, axes)
  }
  /**
   * Adds `value` around the last axes, [before, after] positions for each, last axis last (`F.pad` has it first); below 0
   * cuts off.
   *
   * @throws ArgumentError for more pairs than axes, or widths that are no integers
   */
  pad(widths: readonly (readonly [number, number])[], value = 0): Tensor {
    return views.pad(this, widths, value)
  }
  /**
   * Copies side by side, `counts` for the last axes (`numpy.tile`): [n] becomes [count · n].
   *
   * @throws ShapeError for counts below 0
   */
  repeat(counts: readonly number[]): Tensor {
    return views.repeat(this, counts)
  }
  /**
   * Sliding windows of an axis, as a new last axis: [..., n, ...] becomes [..., windows, ..., size], `stride` positions
   * from one window to the next and `dilation` from one element to the next.
   *
   * @throws ArgumentError unless all are positive integers; ShapeError if no window fits
   */
  unfold(axis: number, size: number, stride = 1, dilation = 1): Tensor {
    return views.unfold(this, axis, size, stride, dilation)
  }
  // Indexing
  /**
   * out[i][j] = x[i][index[i][j]] for axis 1, in the shape of the index, which has as many axes as x.
   *
   * @throws ShapeError if other axes of the index are longer than those of x; DTypeError unless it is i32, u32 or i8;
   * when it is computed, ArgumentError for an index out of range
   */
  gather(axis: number, index: Tensor): Tensor {
    return indexing.gather(this, axis, index)
  }
  /**
   * x with x[i][index[i][j]] += source[i][j] for axis 1 (`scatter_add`); repeated indices add up in order.
   *
   * @throws ShapeError unless index and source have one shape, and that of x but along the axis; DTypeError unless the
   * index is i32, u32 or i8 and the source of the dtype of x
   */
  scatterAdd(axis: number, index: Tensor, source: Tensor): Tensor {
    return indexing.scatterAdd(this, axis, index, source)
  }
  /**
   * x with `source` in the place of positions start, start + 1, … of an axis (`slice_scatter`). A start that changes from
   * call to call is a tensor, i32 []; what would then lie outside is left out.
   *
   * @throws ShapeError if sizes differ outside of the axis; ArgumentError if a start that is a number leaves it
   * @example
   * zeros([4]).sliceScatter(ones([2]), 0, 1)   // [0, 1, 1, 0]
   */
  sliceScatter(source: Tensor, axis = 0, start: Tensor | number = 0): Tensor {
    return indexing.sliceScatter(this, source, axis, start)
  }
  /**
   * Whole slices of an axis, by an index of any shape, which takes the axis' place (`numpy.take`; `index_select` for one
   * axis): rows of an embedding, for axis 0.
   *
   * @throws DTypeError unless the index is i32, u32 or i8; when it is computed, ArgumentError for one out of range
   */
  indexSelect(axis: number, index: Tensor): Tensor {
    return indexing.indexSelect(this, axis, index)
  }
  /** The positions (i32, in the shape of x) that sort an axis; equals keep their order, and NaN is the largest. */
  argsort(axis = -1, descending = false): Tensor {
    return indexing.argsort(this, axis, descending)
  }
  /** Values of an axis in order, and the positions (i32) where they were, both in the shape of x; as `argsort`. */
  sort(axis = -1, descending = false): { values: Tensor; indices: Tensor } {
    return indexing.sort(this, axis, descending)
  }
  /**
   * The k largest of an axis, largest first, and their positions (i32): [..., n, ...] becomes [..., k, ...].
   *
   * @throws ArgumentError unless k is an integer from 0 to n
   */
  topk(k: number, axis = -1): { values: Tensor; indices: Tensor } {
    return indexing.topk(this, k, axis)
  }
  /**
   * `value` where the mask holds, else x, in the shape to which both broadcast (`masked_fill`).
   *
   * @throws DTypeError unless the mask is bool; ShapeError unless the shapes broadcast
   */
  maskedFill(mask: Tensor, value: number): Tensor {
    return elementwise.where(mask, value, this)
  }
  /**
   * [..., m, k] · [..., k, n] is [..., m, n] (`torch.matmul`): leading axes broadcast, a vector counts as a row or a
   * column.
   *
   * @throws ShapeError for a scalar, inner sizes that differ or leading axes that do not broadcast
   * @example
   * tensor([[1, 2]]).matmul(tensor([[3], [4]]))   // [[11]]
   */
  matmul(other: Tensor): Tensor {
    return linear.matmul(this, other)
  }
  /**
   * x [..., rows, columns] with 0 above diagonal k; 0 is the main one, those above count up.
   *
   * @throws ShapeError for fewer than two axes; ArgumentError unless k is an integer
   */
  tril(k = 0): Tensor {
    return linear.tril(this, k)
  }
  /**
   * x [..., rows, columns] with 0 below diagonal k; 0 is the main one, those above count up.
   *
   * @throws ShapeError for fewer than two axes; ArgumentError unless k is an integer
   */
  triu(k = 0): Tensor {
    return linear.triu(this, k)
  }
}

nameMethods(Tensor, Handle)
