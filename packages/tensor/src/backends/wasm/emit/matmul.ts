import type { MatmulKernel } from '../../../compiler/kernel.ts'
import type { EmittedKernel, Target } from './target.ts'
import { emitPacked } from './matmul/packed.ts'
import { readProblem } from './matmul/problem.ts'

export function emitMatmul(kernel: MatmulKernel, target: Target): EmittedKernel {
  return emitPacked(readProblem(kernel), target)
}
