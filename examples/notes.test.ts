import { describe, expect, it } from 'vitest'
import * as activations from './activations.ts'
import * as classification from './classification.ts'
import * as xor from './xor.ts'

describe('the course notes as code', () => {
  it('xor is learned, and the derived gradients are those of grad', async () => {
    const { predictions, loss, difference } = await xor.main()
    expect(predictions.map(Math.round)).toEqual([0, 1, 1, 0])
    expect(loss).toBeLessThan(0.01)
    expect(difference).toBeLessThan(1e-5)
  })

  it('activations differ in the gradients they let through', async () => {
    const { sigmoid, tanh, relu, leakyRelu } = await activations.main()
    for (const { accuracy } of [tanh, relu, leakyRelu]) expect(accuracy).toBeGreaterThan(0.95)
    expect(sigmoid.accuracy).toBeLessThan(0.8)
    expect(sigmoid.gradientRatio).toBeLessThan(
      Math.min(tanh.gradientRatio, relu.gradientRatio, leakyRelu.gradientRatio) / 10,
    )
  })

  it('cross-entropy recovers from a start at which least squares stands still', async () => {
    const { crossEntropy, leastSquares } = await classification.main()
    expect(crossEntropy.accuracy).toBeGreaterThan(0.97)
    expect(leastSquares.accuracy).toBeLessThan(0.5)
    expect(crossEntropy.firstGradient).toBeGreaterThan(10 * leastSquares.firstGradient)
  })
})
