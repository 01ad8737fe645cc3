import type { Axes } from '../ops/reduce.ts'
import * as views from '../ops/views.ts'
import type { Index } from '../ops/views.ts'
import type { Shape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { tensorOf } from './tensorOf.ts'

/** The same elements in another order or number. */
export class ViewMethods {
  /**
   * The same elements in another shape, in row-major order; one size may be −1, which the others give.
   *
   * @throws ShapeError if the numbers of elements differ
   */
  reshape(shape: Shape): Tensor {
    return views.reshape(tensorOf(this), shape)
  }
  /**
   * Joins the axes start … end into one, whose size is their product; a scalar becomes [1].
   *
   * @throws ArgumentError if end lies before start
   */
  flatten(start = 0, end = -1): Tensor {
    return views.flatten(tensorOf(this), start, end)
  }
  /**
   * The axes in another order: axis i of the result is axis `axes[i]` of x.
   *
   * @throws ArgumentError unless each axis is named once
   */
  permute(axes: readonly number[]): Tensor {
    return views.permute(tensorOf(this), axes)
  }
  /** Two axes exchanged, by default the last two: [..., m, n] becomes [..., n, m]. */
  transpose(a = -2, b = -1): Tensor {
    return views.transpose(tensorOf(this), a, b)
  }
  /**
   * Broadcast to a shape; −1 keeps a size, new axes come in front.
   *
   * @throws ShapeError unless every size is 1 or stays
   */
  expand(shape: Shape): Tensor {
    return views.expand(tensorOf(this), shape)
  }
  /** Without an axis of size 1 (one of another size stays), or without all of them. */
  squeeze(axis?: number): Tensor {
    return views.squeeze(tensorOf(this), axis)
  }
  /** With a new axis of size 1 at this position. */
  unsqueeze(axis: number): Tensor {
    return views.unsqueeze(tensorOf(this), axis)
  }
  /**
   * Part of each axis: an integer picks (negative from the end) and drops the axis, [start, stop, step] cuts, null keeps,
   * as do axes without an index; `x[1, 2:5]` is `x.at(1, [2, 5])`.
   *
   * @throws ArgumentError for an integer out of range, a step below 1 or more indices than axes
   */
  at(...indices: readonly Index[]): Tensor {
    return views.at(tensorOf(this), indices)
  }
  /**
   * `length` positions of an axis from `start`, which may count from the end.
   *
   * @throws ArgumentError if they leave the axis
   */
  narrow(axis: number, start: number, length: number): Tensor {
    return views.narrow(tensorOf(this), axis, start, length)
  }
  /**
   * Parts of an axis of `size` positions (the last may be smaller), or of these sizes.
   *
   * @throws ArgumentError unless the size is a positive integer or the sizes add up to the axis
   */
  split(size: number | readonly number[], axis = 0): Tensor[] {
    return views.split(tensorOf(this), size, axis)
  }
  /**
   * At most `count` parts of an axis, all but the last of one size.
   *
   * @throws ArgumentError unless the count is a positive integer
   */
  chunk(count: number, axis = 0): Tensor[] {
    return views.chunk(tensorOf(this), count, axis)
  }
  /** The elements of these axes in reverse order, in the shape of x. */
  flip(axes: Axes): Tensor {
    return views.flip(tensorOf(this), axes)
  }
  /**
   * Adds `value` around the last axes, [before, after] positions for each, last axis last (`F.pad` has it first); below 0
   * cuts off.
   *
   * @throws ArgumentError for more pairs than axes, or widths that are no integers
   */
  pad(widths: readonly (readonly [number, number])[], value = 0): Tensor {
    return views.pad(tensorOf(this), widths, value)
  }
  /**
   * Copies side by side, `counts` for the last axes (`numpy.tile`): [n] becomes [count · n].
   *
   * @throws ShapeError for counts below 0
   */
  repeat(counts: readonly number[]): Tensor {
    return views.repeat(tensorOf(this), counts)
  }
  /**
   * Sliding windows of an axis, as a new last axis: [..., n, ...] becomes [..., windows, ..., size], `stride` positions
   * from one window to the next and `dilation` from one element to the next.
   *
   * @throws ArgumentError unless all are positive integers; ShapeError if no window fits
   */
  unfold(axis: number, size: number, stride = 1, dilation = 1): Tensor {
    return views.unfold(tensorOf(this), axis, size, stride, dilation)
  }
}
