import { type DType, isFloat, Tensor } from '@wids/tensor'
import type { Module } from '../../module/module.ts'
import { withTensors } from '../../module/withTensors.ts'

/** What weights and activations are stored in. */
export type Precision = 'f32' | 'f16' | 'bf16'

/**
 * Runs something while a model stores weights and activations in fewer bits: its parameters are rounded to `precision`,
 * and so are the real inputs of its `forward`, whose outputs become f32 again. Kernels read and write the narrow form and
 * compute in f32. The parameters themselves, and their gradients, stay f32 (Micikevicius et al., 2018).
 *
 * @param body builds a graph; it is done when it returns, so it is not `async`
 * @returns what `body` returns
 * @example
 * const loss = inPrecision(model, 'bf16', () => crossEntropy(model.forward(x), y))
 * optimizer.step(grad(loss, model.parameters()))   // f32
 */
export function inPrecision<Result>(model: Module, precision: Precision, body: () => Result): Result {
  if (precision === 'f32') return body()
  const narrow = new Map(model.parameters().map(weight => [weight, weight.to(precision)]))
  return withTensors(model, narrow, () => withNarrowInputs(model, precision, body))
}

type Forward = (this: Module, ...inputs: unknown[]) => unknown

function withNarrowInputs<Result>(model: Module, precision: Precision, body: () => Result): Result {
  const own = Object.getOwnPropertyDescriptor(model, 'forward')
  const forward: unknown = Reflect.get(model, 'forward')
  if (typeof forward !== 'function') return body()
  const narrowed: Forward = function (...inputs) {
    return converted((forward as Forward).apply(this, converted(inputs, precision) as unknown[]), 'f32')
  }
  Object.defineProperty(model, 'forward', { value: narrowed, configurable: true, enumerable: false })
  try {
    return body()
  } finally {
    if (own === undefined) Reflect.deleteProperty(model, 'forward')
    else Object.defineProperty(model, 'forward', own)
  }
}

/** The real tensors among values, also in arrays and plain objects, in another dtype. */
function converted(value: unknown, dtype: DType): unknown {
  if (value instanceof Tensor) return isFloat(value.dtype) ? value.to(dtype) : value
  if (Array.isArray(value)) return value.map(part => converted(part, dtype))
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, converted(part, dtype)]))
}
