import { checkGradients, grad } from '@wids/autograd'
import { Generator, randn, type Tensor, tensor, zeros } from '@wids/tensor'
import { expectClose } from '@wids/testing'
import { describe, expect, it } from 'vitest'
import * as nn from '../src/index.ts'

const indices = (shape: number[], ...values: number[]): Tensor => tensor(new Int32Array(values), { shape })
const logits = randn([5, 2, 4], { generator: new Generator(2) })
const targets = indices([2, 2], 1, 2, 3, 3)

describe('CTC', () => {
  it('of one label and one time is cross-entropy', async () => {
    const scores = logits.narrow(0, 0, 1) // [1, 2, 4]
    const losses = nn.ctcLoss(scores.logSoftmax(-1), targets, [1, 1], [1, 1], { reduction: 'none' })
    const expected = nn.crossEntropy(scores.at(0), indices([2], 1, 3), { reduction: 'none' })
    expectClose(await losses.data(), await expected.data())
  })

  it('is infinite for targets that do not fit, without harm to the others’ gradients', async () => {
    const loss = nn.ctcLoss(logits.logSoftmax(-1), targets, [1, 5], [2, 2], { reduction: 'none' })
    expect((await loss.data())[0]).toBe(Infinity)
    const slopes = await grad(loss.sum(), logits).data()
    expect(slopes.every(Number.isFinite)).toBe(true)
    expect(slopes.some(slope => slope !== 0)).toBe(true)
  })

  it('is finite where the model is certain', async () => {
    const sure = logits.mul(1e4)
    const loss = nn.ctcLoss(sure.logSoftmax(-1), targets, [5, 5], [2, 2])
    expect(await loss.item()).toBeGreaterThan(0)
    expect((await grad(loss, sure).data()).every(Number.isFinite)).toBe(true)
  })
})

describe('extreme values give finite losses and gradients:', () => {
  const far = tensor([-1e30, -1e4, 0, 1e4, 1e30])
  const near = tensor([1, 0, 1, 0, 1])
  it.each<readonly [string, (x: Tensor) => Tensor]>([
    ['l1Loss', x => nn.l1Loss(x, near)],
    ['huberLoss', x => nn.huberLoss(x, near)],
    ['smoothL1Loss', x => nn.smoothL1Loss(x, near)],
    ['posWeight', x => nn.binaryCrossEntropyWithLogits(x, near, { posWeight: 3 })],
    ['nllLoss', x => nn.nllLoss(x.logSoftmax(0), indices([], 1))],
    ['klDivergence', x => nn.klDivergence(x.logSoftmax(0), tensor([0, 0, 0, 0.5, 0.5]))],
  ])('%s', async (_, loss) => {
    expect(await loss(far).item()).toBeLessThan(Infinity)
    expect((await grad(loss(far), far).data()).every(Number.isFinite)).toBe(true)
  })
})

it('gaussianKl compares with any prior, and is 0 for itself', async () => {
  const [mean, logVariance] = [tensor([[0.3, -1]]), tensor([[0.5, -2]])]
  expect(await nn.gaussianKl(mean, logVariance, { prior: { mean, logVariance } }).item()).toBe(0)
  const standard = { mean: zeros([1, 2]), logVariance: zeros([1, 2]) }
  const given = nn.gaussianKl(mean, logVariance, { prior: standard })
  expectClose(await given.data(), await nn.gaussianKl(mean, logVariance).data())
})

it('losses have gradients by all they compare', async () => {
  const [a, b] = [tensor([0.2, 0.9, 0.4]), tensor([0.1, 0.8, 1])]
  const losses: readonly ((a: Tensor, b: Tensor) => Tensor)[] = [
    (a, b) => nn.huberLoss(a, b, { delta: 0.3 }),
    (a, b) => nn.binaryCrossEntropyWithLogits(a, b, { posWeight: 2 }),
    (a, b) => nn.klDivergence(a.log(), b),
    (a, b) => nn.gaussianKl(a, b),
    (a, b) => nn.cosineSimilarity(a, b, { axis: 0 }),
  ]
  for (const loss of losses)
    await expect(
      checkGradients(([a, b]: readonly [Tensor, Tensor]) => loss(a, b), [a, b] as const, { order: 2 }),
    ).resolves.toBeUndefined()
})

describe('errors name what does not fit:', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['shapes', () => nn.l1Loss(zeros([2, 1]), zeros([2])), 'prediction and target have one shape'],
    ['delta', () => nn.huberLoss(zeros([2]), zeros([2]), { delta: 0 }), 'delta is above 0'],
    ['beta', () => nn.smoothL1Loss(zeros([2]), zeros([2]), { beta: -1 }), 'beta is at least 0'],
    ['classes', () => nn.nllLoss(zeros([2, 3]), zeros([3], 'i32')), 'logits are [batch, classes, ...]'],
    ['pairs', () => nn.cosineEmbeddingLoss(zeros([2, 3]), zeros([2, 3]), zeros([3])), 'targets [batch]'],
    ['CTC axes', () => nn.ctcLoss(zeros([2, 3]), targets, [1, 1], [1, 1]), '[time, batch, classes]'],
    ['CTC lengths', () => nn.ctcLoss(logits, targets, [1], [1, 1]), 'inputLengths are [2], got [1]'],
    ['a blank', () => nn.ctcLoss(logits, targets, [1, 1], [1, 1], { blank: 4 }), 'one of 4 classes, got 4'],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
  })
})
