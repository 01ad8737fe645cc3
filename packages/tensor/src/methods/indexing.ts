import * as indexing from '../ops/indexing.ts'
import type { Tensor } from '../tensor.ts'
import { tensorOf } from './tensorOf.ts'

/** Elements by their positions, and positions by their order. */
export class IndexingMethods {
  /**
   * out[i][j] = x[i][index[i][j]] for axis 1, in the shape of the index, which has as many axes as x.
   *
   * @throws ShapeError if other axes of the index are longer than those of x; DTypeError unless it is i32, u32 or i8;
   * when it is computed, ArgumentError for an index out of range
   */
  gather(axis: number, index: Tensor): Tensor {
    return indexing.gather(tensorOf(this), axis, index)
  }
  /**
   * x with x[i][index[i][j]] += source[i][j] for axis 1 (`scatter_add`); repeated indices add up in order.
   *
   * @throws ShapeError unless index and source have one shape, and that of x but along the axis; DTypeError unless the
   * index is i32, u32 or i8 and the source of the dtype of x
   */
  scatterAdd(axis: number, index: Tensor, source: Tensor): Tensor {
    return indexing.scatterAdd(tensorOf(this), axis, index, source)
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
    return indexing.sliceScatter(tensorOf(this), source, axis, start)
  }
  /**
   * Whole slices of an axis, by an index of any shape, which takes the axis' place (`numpy.take`; `index_select` for one
   * axis): rows of an embedding, for axis 0.
   *
   * @throws DTypeError unless the index is i32, u32 or i8; when it is computed, ArgumentError for one out of range
   */
  indexSelect(axis: number, index: Tensor): Tensor {
    return indexing.indexSelect(tensorOf(this), axis, index)
  }
  /** The positions (i32, in the shape of x) that sort an axis; equals keep their order, and NaN is the largest. */
  argsort(axis = -1, descending = false): Tensor {
    return indexing.argsort(tensorOf(this), axis, descending)
  }
  /** Values of an axis in order, and the positions (i32) where they were, both in the shape of x; as `argsort`. */
  sort(axis = -1, descending = false): { values: Tensor; indices: Tensor } {
    return indexing.sort(tensorOf(this), axis, descending)
  }
  /**
   * The k largest of an axis, largest first, and their positions (i32): [..., n, ...] becomes [..., k, ...].
   *
   * @throws ArgumentError unless k is an integer from 0 to n
   */
  topk(k: number, axis = -1): { values: Tensor; indices: Tensor } {
    return indexing.topk(tensorOf(this), k, axis)
  }
}
