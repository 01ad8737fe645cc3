import { type DType, isFloat, Tensor } from '@wids/tensor'
import { fieldsOf } from './fields.ts'
import { type Loaded, loadTensors } from './loadTensors.ts'
import { buffer, parameter, roleOf } from './parameter.ts'
import { placesIn } from './places.ts'

/**
 * A part of a network. Its fields are its state: `parameter(…)` is trained, `buffer(…)` is saved, a module or an array
 * of modules is a part of its own, and their names are the state-dict keys (`torch.nn.Module`).
 *
 * @example
 * class Mlp extends Module {
 *   fc1 = new Linear(784, 128)   // 'fc1.weight' [128, 784], 'fc1.bias' [128]
 *   fc2 = new Linear(128, 10)
 *   forward(x: Tensor) { return this.fc2.forward(this.fc1.forward(x).relu()) }
 * }
 */
export class Module {
  /** Whether layers such as dropout act as in training. A compiled function keeps the value it was traced with. */
  training = true

  /** Sets training mode here and in every module below. */
  train(mode = true): this {
    for (const [, module] of this.namedModules()) module.training = mode
    return this
  }

  /** Sets evaluation mode: no dropout, running statistics are used. */
  eval(): this {
    return this.train(false)
  }

  /** Trainable tensors, each once, in the order of the fields. */
  parameters(): Tensor[] {
    return this.namedParameters().map(([, tensor]) => tensor)
  }

  /** Trainable tensors with their names; one that has several names is listed under its first. */
  namedParameters(): [name: string, parameter: Tensor][] {
    return firstNames(tensorsOf(this).filter(([, tensor]) => roleOf(tensor) === 'parameter'))
  }

  /** Saved tensors that are not trained, each once. */
  buffers(): Tensor[] {
    return this.namedBuffers().map(([, tensor]) => tensor)
  }

  /** Saved tensors that are not trained, with their names. */
  namedBuffers(): [name: string, buffer: Tensor][] {
    return firstNames(tensorsOf(this).filter(([, tensor]) => roleOf(tensor) === 'buffer'))
  }

  /** This module (named '') and every module below, each once, with their names. */
  namedModules(): [name: string, module: Module][] {
    const below = [...fieldsOf(this)].filter((field): field is readonly [string, Module] => field[1] instanceof Module)
    return firstNames<Module>([['', this], ...below])
  }

  /**
   * Stores real parameters and buffers in another dtype, as new tensors: make optimizers afterwards. Products read f16
   * and bf16 as they are stored, so that generation, which waits for weights, takes half the time; what is computed
   * from them is f32 where the input of a layer is.
   *
   * @example
   * const model = new Linear(3, 2).to('bf16')
   * model.forward(randn([5, 3])).dtype   // 'f32'
   */
  to(dtype: DType): this {
    const converted = new Map<Tensor, Tensor>()
    for (const { owner, key, tensor } of placesIn(this)) {
      if (!isFloat(tensor.dtype)) continue
      const keep = roleOf(tensor) === 'buffer' ? buffer : parameter
      const other = converted.get(tensor) ?? keep(tensor.to(dtype))
      converted.set(tensor, other)
      Reflect.set(owner, key, other)
    }
    return this
  }

  /** Parameters and buffers by name: the tensors themselves, not copies. */
  stateDict(): Record<string, Tensor> {
    return Object.fromEntries(tensorsOf(this))
  }

  /**
   * Takes over values by name, converted to the dtypes here; nothing changes unless all of them fit.
   *
   * @param strict whether missing and unexpected names are errors; other shapes always are
   * @throws ArgumentError that lists what is missing, unexpected or of another shape
   */
  loadStateDict(
    state: Readonly<Record<string, Tensor>>,
    { strict = true }: { readonly strict?: boolean } = {},
  ): Loaded {
    return loadTensors(this.constructor.name, this.stateDict(), state, strict)
  }
}

const tensorsOf = (module: Module): (readonly [string, Tensor])[] =>
  [...fieldsOf(module)].filter((field): field is readonly [string, Tensor] => field[1] instanceof Tensor)

/** Each value under the first of its names. */
function firstNames<Value>(named: readonly (readonly [string, Value])[]): [string, Value][] {
  const names = new Map<Value, string>()
  for (const [name, value] of named) if (!names.has(value)) names.set(value, name)
  return [...names].map(([value, name]) => [name, value])
}
