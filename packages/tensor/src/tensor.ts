/* oxlint-disable typescript/no-unsafe-declaration-merging -- the last lines add and declare the same methods */
import type { DType } from './dtype.ts'
import { Handle } from './handle.ts'
import { ActivationMethods } from './methods/activations.ts'
import { ElementwiseMethods } from './methods/elementwise.ts'
import { IndexingMethods } from './methods/indexing.ts'
import { ReductionMethods } from './methods/reductions.ts'
import { ViewMethods } from './methods/views.ts'
import { addMethods } from './naming.ts'
import { toDevice } from './ops/create.ts'
import * as elementwise from './ops/elementwise.ts'
import * as linear from './ops/linear.ts'
import type { DeviceName } from './runtime/device.ts'

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

export interface Tensor extends ElementwiseMethods, ActivationMethods, ReductionMethods, ViewMethods, IndexingMethods {}

addMethods(Tensor, [Tensor, ElementwiseMethods, ActivationMethods, ReductionMethods, ViewMethods, IndexingMethods])
