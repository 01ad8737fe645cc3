import type { Rules } from './rule.ts'

export const contractionRules: Pick<Rules, 'matmul'> = {
  // Y = AB: dY = dA B + A dB, so the gradient of A is G Bᵀ and that of B is Aᵀ G
  matmul: [(g, [, b]) => g.matmul(b.transpose()), (g, [a]) => a.transpose().matmul(g)],
}
