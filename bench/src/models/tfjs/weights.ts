import type { StoredTensors } from '../../tasks.ts'
import { load, transposed } from '../../weights.ts'
import type { Tf } from './load.ts'

export type Variables = Record<string, Tf.Variable>

/** Weights as they run fastest: those of linear layers as [in, out]. */
export function loadVariables(tf: typeof Tf, stored: StoredTensors): Variables {
  tf.disposeVariables() // of the task before: names are global
  const entries = Object.entries(load(stored)).map(([name, tensor]) => {
    const linear = name.startsWith('h.') && tensor.shape.length === 2
    const { shape, data } = linear ? transposed(tensor) : tensor
    return [name, tf.variable(tf.tensor(data, [...shape]), true, name)] as const
  })
  return Object.fromEntries(entries)
}
