/**
 * Two clouds of points, told apart by a logistic regression that starts out wrong and sure of it. The gradient of least
 * squares has the factor f′(z), nearly 0 where the sigmoid is saturated, so that what is most wrong learns least; that of
 * the cross-entropy is ŷ − y, largest where the prediction is most wrong.
 *
 *     node --conditions=@wids/source examples/classification.ts
 */
import { grad } from '@wids/autograd'
import { binaryCrossEntropy, mseLoss, parameter, SGD } from '@wids/nn'
import { compile, concat, Generator, ones, randn, realize, type Tensor, tensor, zeros } from '@wids/tensor'

const losses = { crossEntropy: binaryCrossEntropy, leastSquares: mseLoss }
export type LossName = keyof typeof losses

export interface ClassificationResult {
  /** Norm of the first gradient. */
  readonly firstGradient: number
  readonly accuracy: number
}

/** 100 points around (−1, −1) of class 0 and 100 around (1, 1) of class 1. */
function clouds(generator: Generator): { x: Tensor; y: Tensor } {
  const around = (centre: number): Tensor => randn([100, 2], { generator }).mul(0.6).add(centre)
  return { x: concat([around(-1), around(1)]), y: concat([zeros([100]), ones([100])]) } // [200, 2], [200]
}

async function train(name: LossName, x: Tensor, y: Tensor, log: (line: string) => void): Promise<ClassificationResult> {
  const w = parameter(tensor([-6, -6])) // points the wrong way
  const b = parameter(tensor(0))
  const optimizer = new SGD([w, b], { lr: 0.5 })
  const step = compile((x: Tensor, y: Tensor) => {
    const probability = x.matmul(w).add(b).sigmoid() // ŷ = f(xw + b) [200]
    const [dw, db] = grad(losses[name](probability, y), [w, b])
    optimizer.step([dw, db])
    return { accuracy: probability.gt(0.5).eq(y.gt(0.5)).to('f32').mean(), gradient: dw.norm() }
  })
  const first = step(x, y)
  const firstGradient = await first.gradient.item()
  log(
    `${name}: ${(100 * (await first.accuracy.item())).toFixed(1)}% right at first, gradient ${firstGradient.toExponential(1)}`,
  )
  for (let i = 1; i < 60; i++) {
    const { accuracy } = step(x, y)
    if (i % 20 === 19) log(`  step ${i + 1}: ${(100 * (await accuracy.item())).toFixed(1)}% right`)
  }
  return { firstGradient, accuracy: await step(x, y).accuracy.item() }
}

/** Trains the same regression with both losses. */
export async function main(log: (line: string) => void = console.log): Promise<Record<LossName, ClassificationResult>> {
  const { x, y } = clouds(new Generator(4))
  await realize(x, y)
  return { crossEntropy: await train('crossEntropy', x, y, log), leastSquares: await train('leastSquares', x, y, log) }
}

if (import.meta.filename === process.argv[1]) await main()
