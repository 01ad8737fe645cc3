import type { MatmulKernel } from '../../../compiler/kernel.ts'
import { emitBlas, matricesOf } from './matmul/blas.ts'
import { emitFlat, isFlat } from './matmul/flat.ts'
import { orient } from './matmul/orient.ts'
import { emitPacked } from './matmul/packed.ts'
import { readProblem } from './matmul/problem.ts'
import { simplify } from './matmul/simplify.ts'
import type { EmittedKernel, Target } from './target.ts'

export function emitMatmul(kernel: MatmulKernel, target: Target): EmittedKernel {
  const problem = orient(simplify(readProblem(kernel)))
  if (isFlat(problem)) return emitFlat(problem, target)
  const matrices = matricesOf(problem)
  return target.sgemm && matrices ? emitBlas(problem, matrices, target.sgemm, target) : emitPacked(problem, target)
}
