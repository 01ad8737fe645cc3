import type { Tensor } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'

type Role = 'parameter' | 'buffer'

const roles = new WeakMap<Tensor, Role>()

function withRole(value: Tensor, role: Role): Tensor {
  checkTensors(role, { value })
  // A leaf of its own: no gradient flows into how it was initialised, and assigning to it leaves `value` alone.
  const leaf = value.detach()
  roles.set(leaf, role)
  return leaf
}

/**
 * A trainable field of a module (`torch.nn.Parameter`): a tensor that starts with the given value.
 *
 * @example
 * class Scale extends Module {
 *   factor = parameter(ones([1]))
 *   forward(x: Tensor) { return x.mul(this.factor) }
 * }
 */
export const parameter = (value: Tensor): Tensor => withRole(value, 'parameter')

/**
 * A field of a module that is saved with it but not trained (`register_buffer`), such as running statistics.
 *
 * @example
 * class Shift extends Module {
 *   mean = buffer(zeros([3]))
 *   forward(x: Tensor) { return x.sub(this.mean) }
 * }
 */
export const buffer = (value: Tensor): Tensor => withRole(value, 'buffer')

/** What a tensor is to the module that holds it; undefined if it was not said. */
export const roleOf = (tensor: Tensor): Role | undefined => roles.get(tensor)
