import { ArgumentError, Tensor } from '@wids/tensor'
import type { Module } from '../module/module.ts'

/** Sees what a module was given and gives back; what it returns, unless undefined, stands for the output. */
export type ForwardHook = (output: unknown, inputs: readonly unknown[], module: Module) => unknown

type Forward = (this: Module, ...inputs: unknown[]) => unknown

const hooksOf = new WeakMap<Module, Set<{ readonly hook: ForwardHook }>>()

/**
 * Calls a function whenever a module's `forward` was called (`register_forward_hook`). While a compiled function is
 * traced, it sees the tensors of the trace, which that function may return.
 *
 * @returns a function that takes the hook away
 * @throws ArgumentError for a module without `forward`
 * @example
 * const remove = onForward(model.fc1, output => console.log((output as Tensor).shape))
 * model.forward(x)   // [64, 32]
 * remove()
 */
export function onForward(module: Module, hook: ForwardHook): () => void {
  const hooks = hooksOf.get(module) ?? new Set<{ readonly hook: ForwardHook }>()
  if (hooks.size === 0) wrap(module, hooks)
  hooksOf.set(module, hooks)
  const entry = { hook }
  hooks.add(entry)
  return () => {
    if (hooks.delete(entry) && hooks.size === 0) Reflect.deleteProperty(module, 'forward')
  }
}

/** A method of the module itself stands before that of its class, and is no field of its state. */
function wrap(module: Module, hooks: ReadonlySet<{ readonly hook: ForwardHook }>): void {
  const forward: unknown = Reflect.get(module, 'forward')
  if (typeof forward !== 'function' || Object.hasOwn(module, 'forward'))
    throw new ArgumentError('onForward', `${module.constructor.name} has no method forward`)
  const hooked: Forward = function (...inputs) {
    let output: unknown = (forward as Forward).apply(this, inputs)
    for (const { hook } of hooks) output = hook(output, inputs, module) ?? output
    return output
  }
  Object.defineProperty(module, 'forward', { value: hooked, configurable: true, enumerable: false })
}

/**
 * Runs something and collects what the modules below a model gave back meanwhile, by module name; of several calls the
 * last, of several tensors each: 'lstm.0', 'lstm.1.0'.
 *
 * @param wanted which modules, by name; by default all but the model itself
 * @returns what `run` returned, and the outputs
 * @throws ArgumentError for a module whose `forward` is its own field
 * @example
 * const { result, outputs } = captureForward(model, () => model.forward(x))
 * await outputs['layers.0.attention'].data()
 */
export function captureForward<Result>(
  model: Module,
  run: () => Result,
  wanted: (name: string, module: Module) => boolean = name => name !== '',
): { readonly result: Result; readonly outputs: Record<string, Tensor> } {
  const outputs: Record<string, Tensor> = {}
  const chosen = model.namedModules().filter(([name, module]) => wanted(name, module) && 'forward' in module)
  const removers = chosen.map(([name, module]) => onForward(module, output => collect(outputs, name, output)))
  try {
    return { result: run(), outputs }
  } finally {
    for (const remove of removers) remove()
  }
}

function collect(outputs: Record<string, Tensor>, name: string, output: unknown): void {
  if (output instanceof Tensor) outputs[name] = output
  else if (typeof output === 'object' && output !== null)
    for (const [key, part] of Object.entries(output)) collect(outputs, `${name}.${key}`, part)
}
