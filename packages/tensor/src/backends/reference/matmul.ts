import { sizeOf } from '../../shape.ts'
import { multiply } from './rounding.ts'
import type { Evaluate } from './value.ts'

export const matmul: Evaluate<'matmul'> = (node, a, b) => {
  const [m = 0, n = 0] = node.shape.slice(-2)
  const k = a.shape.at(-1)!
  const times = multiply[node.dtype]
  const out = new Float64Array(sizeOf(node.shape))
  for (let batch = 0; batch < sizeOf(node.shape.slice(0, -2)); batch++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let at = 0; at < k; at++)
          sum += times(a.numbers[(batch * m + i) * k + at]!, b.numbers[(batch * k + at) * n + j]!)
        out[(batch * m + i) * n + j] = sum
      }
  return out
}
