import type { AttentionGradientKernel, AttentionKernel, Kernel, Value } from '../../compiler/kernel.ts'
import { sizeOf } from '../../shape.ts'
import { costOf } from './emit/values/costs.ts'

/** Nanoseconds for one unit of value cost in a vector of four, and for a multiply-add, on one 3 GHz core. */
const [perValue, perMultiplyAdd] = [0.1, 0.05]

const valuesCost = (values: readonly Value[]): number =>
  values.reduce((sum, value) => sum + Math.max(1, costOf(value.op)), 0)

/** About how long a kernel takes on one thread. */
export function nanosecondsOf(kernel: Kernel, isInPlace: boolean): number {
  if (kernel.kind === 'loops')
    return sizeOf(kernel.outer) * sizeOf(kernel.inner) * (valuesCost(kernel.values) + 2) * perValue
  if (kernel.kind === 'matmul') {
    const results = sizeOf(kernel.batch) * kernel.m * kernel.n
    return results * (kernel.k * perMultiplyAdd + (valuesCost(kernel.values) + 2) * perValue)
  }
  if (kernel.kind === 'attention' || kernel.kind === 'attentionGradient') return attentionCost(kernel)
  if (kernel.kind === 'sliceScatter') return sizeOf(isInPlace ? kernel.sourceShape : kernel.outShape) * perValue
  if (kernel.kind === 'scatterAdd') return (sizeOf(kernel.outShape) + sizeOf(kernel.sourceShape)) * 0.5
  return sizeOf(kernel.shape) * (kernel.kind === 'argsort' ? 20 : 1)
}

/** Scores, each with its exponential, and the products that make and use them. */
function attentionCost({ kind, sizes }: AttentionKernel | AttentionGradientKernel): number {
  const scores = sizeOf(sizes.batch) * sizes.heads * sizes.queries * sizes.keys * (sizes.causal ? 0.5 : 1)
  const products = kind === 'attention' ? sizes.channels + sizes.values : 3 * sizes.channels + 2 * sizes.values
  return scores * (products * perMultiplyAdd + 2 * costOf('exp') * perValue)
}
