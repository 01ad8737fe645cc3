import { isFloat, stack, type Tensor, WidsError } from '@wids/tensor'
import { Module } from '../module/module.ts'
import { ownerOf } from './summary.ts'

/**
 * A tensor holds NaN or an infinity; `checkFinite` throws it.
 *
 * @example
 * try {
 *   await checkFinite({ gain: tensor([1, NaN]) })
 * } catch (error) {
 *   if (error instanceof NonFiniteError) console.log(error.tensor, error.index)   // gain 1
 * }
 */
export class NonFiniteError extends WidsError {
  /** Its name, such as 'layers.3.fc.weight'. */
  readonly tensor: string
  /** Class of the module that holds it, if that is known. */
  readonly module: string | undefined
  /** How many of its elements are not finite. */
  readonly count: number
  /** The first of them, in row-major order. */
  readonly index: number

  /** @param found `value`: the first bad element */
  constructor(tensor: string, module: string | undefined, found: { count: number; index: number; value: number }) {
    const { count, index, value } = found
    const all = count === 1 ? '' : `; ${count} elements are not finite`
    super(`${tensor}${module === undefined ? '' : ` of ${module}`}: element ${index} is ${value}${all}`)
    this.tensor = tensor
    this.module = module
    this.count = count
    this.index = index
  }
}

/**
 * Makes sure that all numbers are finite, in one pass over all tensors. Names are in order, so that with the outputs of
 * `captureForward` the first bad one is where it began.
 *
 * @param what a model, for its parameters and buffers, or tensors by name, such as gradients or captured outputs
 * @param model says which class of module a name of `what` belongs to
 * @throws NonFiniteError that names the first tensor that is not, its module and element
 * @example
 * await checkFinite(model)
 * await checkFinite(grad(loss, Object.fromEntries(model.namedParameters())), model)
 */
export async function checkFinite(what: Module | Readonly<Record<string, Tensor>>, model?: Module): Promise<void> {
  const owner = what instanceof Module ? what : model
  const named = Object.entries<Tensor>(what instanceof Module ? what.stateDict() : what)
  const real = named.filter(([, tensor]) => isFloat(tensor.dtype))
  if (real.length === 0) return
  const counts = await stack(real.map(([, tensor]) => badOf(tensor).to('i32').sum())).data()
  const at = counts.findIndex(count => count > 0)
  if (at < 0) return
  const [name, tensor] = real[at]!
  const values = await tensor.data()
  const index = values.findIndex(value => !Number.isFinite(value))
  throw new NonFiniteError(name, owner === undefined ? undefined : classOf(name, owner), {
    count: counts[at]!,
    index,
    value: values[index]!,
  })
}

const badOf = (x: Tensor): Tensor => x.isFinite().logicalNot()

/** The class of the module that a tensor's name, or an output's, belongs to. */
function classOf(name: string, owner: Module): string {
  const classes = new Map(owner.namedModules().map(([path, module]) => [path, module.constructor.name]))
  return classes.get(name) ?? ownerOf(name, classes)
}
