/**
 * Exclusive or, learned by a network of two layers with the gradients of the course notes, derived by hand, beside those
 * of `grad`. No line is a straight cut between the inputs that give 1 and those that give 0, so one layer is not enough.
 *
 *     node --conditions=@wids/source examples/xor.ts
 */
import { grad } from '@wids/autograd'
import { leastSquares, normal, parameter } from '@wids/nn'
import { compile, Generator, type Tensor, tensor } from '@wids/tensor'

/** The third input is always 1: its weights are the biases. */
const inputs = tensor([
  [0, 0, 1],
  [0, 1, 1],
  [1, 0, 1],
  [1, 1, 1],
]) // X [4, 3]
const targets = tensor([[0], [1], [1], [0]]) // y [4, 1]

/** f′(z) = f(z)(1 − f(z)) for the sigmoid f */
const slope = (z: Tensor): Tensor => z.sigmoid().mul(z.sigmoid().neg().add(1))

/** Forward and backward propagation as in the notes. */
function propagate(w1: Tensor, w2: Tensor): { prediction: Tensor; dW1: Tensor; dW2: Tensor } {
  const z2 = inputs.matmul(w1) // z² = XW¹ [4, hidden]
  const a2 = z2.sigmoid() // a² = f(z²) [4, hidden]
  const z3 = a2.matmul(w2) // z³ = a²W² [4, 1]
  const prediction = z3.sigmoid() // ŷ = f(z³) [4, 1]
  const delta3 = targets.sub(prediction).neg().mul(slope(z3)) // δ³ = −(y − ŷ)·f′(z³) [4, 1]
  const dW2 = a2.transpose().matmul(delta3) // ∂J/∂W² = (a²)ᵀδ³ [hidden, 1]
  const delta2 = delta3.matmul(w2.transpose()).mul(slope(z2)) // δ² = δ³(W²)ᵀ·f′(z²) [4, hidden]
  const dW1 = inputs.transpose().matmul(delta2) // ∂J/∂W¹ = Xᵀδ² [3, hidden]
  return { prediction, dW1, dW2 }
}

const largestDifference = (a: Tensor, b: Tensor): Tensor => a.sub(b).abs().max()

export interface XorResult {
  readonly predictions: readonly number[]
  readonly loss: number
  /** The largest difference between a derived gradient and that of `grad`, in the whole training. */
  readonly difference: number
}

/** Trains by gradient descent on J = ½ Σ (y − ŷ)². */
export async function main(log: (line: string) => void = console.log): Promise<XorResult> {
  const generator = new Generator(1)
  const w1 = parameter(normal([3, 4], 0, 1, { generator })) // W¹ [3, hidden]
  const w2 = parameter(normal([4, 1], 0, 1, { generator })) // W² [hidden, 1]
  const step = compile(() => {
    const { prediction, dW1, dW2 } = propagate(w1, w2)
    const loss = leastSquares(prediction, targets)
    const [byGrad1, byGrad2] = grad(loss, [w1, w2])
    const difference = largestDifference(dW1, byGrad1).maximum(largestDifference(dW2, byGrad2))
    w1.assign(w1.sub(dW1.mul(2))) // W ← W − η ∂J/∂W, η = 2
    w2.assign(w2.sub(dW2.mul(2)))
    return { loss, difference, prediction }
  })

  let difference = 0
  for (let i = 0; i < 2000; i++) {
    const now = step()
    if (i % 100 !== 0) continue
    difference = Math.max(difference, await now.difference.item())
    if (i % 500 === 0) log(`step ${String(i).padStart(4)}  J = ${(await now.loss.item()).toFixed(5)}`)
  }
  const last = step()
  const predictions = [...(await last.prediction.data())]
  log(`0 xor 0, 0 xor 1, 1 xor 0, 1 xor 1 = ${predictions.map(p => p.toFixed(2)).join(', ')}`)
  log(`derived gradients and grad differ by at most ${difference.toExponential(1)}`)
  return { predictions, loss: await last.loss.item(), difference }
}

if (import.meta.filename === process.argv[1]) await main()
