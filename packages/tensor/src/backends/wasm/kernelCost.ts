import type {
  AttentionGradientKernel,
  AttentionKernel,
  IndexMap,
  Kernel,
  MatmulKernel,
  Value,
} from '../../compiler/kernel.ts'
import { dtypes } from '../../dtype.ts'
import { sizeOf } from '../../shape.ts'
import { costOf } from './emit/values/costs.ts'

/** Nanoseconds for one unit of value cost in a vector of four, for a multiply-add, and for a byte from memory, on one 3 GHz core. */
const [perValue, perMultiplyAdd, perByte] = [0.1, 0.05, 0.035]

const valuesCost = (values: readonly Value[]): number =>
  values.reduce((sum, value) => sum + Math.max(1, costOf(value.op)), 0)

/** About how long a kernel takes on one thread. */
export function nanosecondsOf(kernel: Kernel, isInPlace: boolean): number {
  if (kernel.kind === 'loops')
    return sizeOf(kernel.outer) * sizeOf(kernel.inner) * (valuesCost(kernel.values) + 2) * perValue
  if (kernel.kind === 'matmul') return matmulCost(kernel)
  if (kernel.kind === 'attention' || kernel.kind === 'attentionGradient') return attentionCost(kernel)
  if (kernel.kind === 'sliceScatter') return sizeOf(isInPlace ? kernel.sourceShape : kernel.outShape) * perValue
  if (kernel.kind === 'scatterAdd') return (sizeOf(kernel.outShape) + sizeOf(kernel.sourceShape)) * 0.5
  return sizeOf(kernel.shape) * (kernel.kind === 'argsort' ? 20 : 1)
}

/** A product of few rows takes as long as its factors take to come from memory. */
function matmulCost({ operands, batch, m, n, k, a, b, values }: MatmulKernel): number {
  const results = sizeOf(batch) * m * n
  const bytes = ({ operand, map }: MatmulKernel['a'], rows: number, columns: number): number =>
    elements(map, [...batch, rows, columns]) * dtypes[operands[operand]!.dtype].bytes
  return (
    Math.max(results * k * perMultiplyAdd, (bytes(a, m, k) + bytes(b, k, n)) * perByte) +
    results * (valuesCost(values) + 2) * perValue
  )
}

/** Elements that a map meets, those of axes along which it stays where it is counted once. */
const elements = ({ strides }: IndexMap, loops: readonly number[]): number =>
  sizeOf(loops.filter((_, loop) => strides[loop] !== 0))

/** Scores, each with its exponential, and the products that make and use them. */
function attentionCost({ kind, sizes }: AttentionKernel | AttentionGradientKernel): number {
  const scores = sizeOf(sizes.batch) * sizes.heads * sizes.queries * sizes.keys * (sizes.causal ? 0.5 : 1)
  const products = kind === 'attention' ? sizes.channels + sizes.values : 3 * sizes.channels + 2 * sizes.values
  return scores * (products * perMultiplyAdd + 2 * costOf('exp') * perValue)
}
