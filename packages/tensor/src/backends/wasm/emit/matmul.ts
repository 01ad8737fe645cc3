import type { MatmulKernel } from '../../../compiler/kernel.ts'
import { emitFlat, isFlat } from './matmul/flat.ts'
import { orient } from './matmul/orient.ts'
import { emitPacked } from './matmul/packed.ts'
import { readProblem } from './matmul/problem.ts'
import { simplify } from './matmul/simplify.ts'
import type { EmittedKernel, Target } from './target.ts'

export function emitMatmul(kernel: MatmulKernel, target: Target): EmittedKernel {
  const problem = orient(simplify(readProblem(kernel)))
  return isFlat(problem) ? emitFlat(problem, target) : emitPacked(problem, target)
}
