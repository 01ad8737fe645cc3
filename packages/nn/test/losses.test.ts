import { checkGradients, grad } from '@wids/autograd'
import { expectClose } from '@wids/testing'
import {
  ArgumentError,
  DTypeError,
  Generator,
  oneHot,
  randn,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '@wids/tensor'
import { describe, expect, it } from 'vitest'
import { binaryCrossEntropy, binaryCrossEntropyWithLogits, crossEntropy, leastSquares, mseLoss } from '../src/index.ts'

const indices = (...values: number[]): Tensor => tensor(new Int32Array(values))
const logits = randn([4, 3], { generator: new Generator(2) })
const targets = indices(2, 0, -100, 1)

describe('cross-entropy', () => {
  it('of class indices is that of their one-hot vectors', async () => {
    const classes = indices(2, 0, 1, 1)
    const soft = oneHot(classes, 3)
    for (const options of [
      {},
      { labelSmoothing: 0.2 },
      { reduction: 'none' },
      { reduction: 'sum', weight: [1, 2, 3] },
    ] as const)
      expectClose(await crossEntropy(logits, soft, options).data(), await crossEntropy(logits, classes, options).data())
  })

  it('takes classes on axis 1 of any number of axes, and single examples', async () => {
    const x = randn([2, 3, 5], { generator: new Generator(3) })
    const y = tensor(new Int32Array([0, 1, 2, 0, -100, 1, 1, 2, 2, 0]), { shape: [2, 5] })
    const flat = crossEntropy(x.permute([0, 2, 1]).reshape([10, 3]), y.flatten())
    expectClose(await crossEntropy(x, y).data(), await flat.data())
    expect(crossEntropy(x, y, { reduction: 'none' }).shape).toEqual([2, 5])
    const one = crossEntropy(logits.at(0), tensor(new Int32Array([2]), { shape: [] }))
    expectClose(await one.data(), await crossEntropy(logits.at([0, 1]), indices(2)).data())
  })

  it('leaves ignored targets out of loss, mean and gradient', async () => {
    const kept = crossEntropy(logits.indexSelect(0, indices(0, 1, 3)), indices(2, 0, 1))
    expectClose(await crossEntropy(logits, targets).data(), await kept.data())
    expect([...(await grad(crossEntropy(logits, targets), logits).at(2).data())].map(Math.abs)).toEqual([0, 0, 0])
    expect((await crossEntropy(logits, targets, { reduction: 'none' }).data())[2]).toBe(0)
    expect(await crossEntropy(logits.at([0, 1]), indices(-100)).item()).toBeNaN()
  })

  it('is NaN for a target that is no class', async () => {
    const losses = await crossEntropy(logits, indices(0, 3, -1, 2), { reduction: 'none' }).data()
    expect([...losses].map(Number.isNaN)).toEqual([false, true, true, false])
  })

  it('stays finite and exact for extreme logits', async () => {
    const x = tensor([
      [1e4, -1e4, 0],
      [-1e30, 1e30, 0],
      [88, 87, -Infinity],
    ])
    const loss = crossEntropy(x, indices(1, 1, 0), { reduction: 'none' })
    expectClose(await loss.data(), [2e4, 0, Math.log(1 + Math.exp(-1))])
    expect([...(await grad(loss.sum(), x).data())].every(Number.isFinite)).toBe(true)
  })

  it('has a gradient that has one', async () => {
    const onDevice = (x: Tensor): Tensor => crossEntropy(x, x.argmax(1).add(1).remainder(3))
    await expect(checkGradients(onDevice, logits, { order: 3, rtol: 1e-5 })).resolves.toBeUndefined()
    const smoothed = (x: Tensor): Tensor => crossEntropy(x, x.argmax(1), { labelSmoothing: 0.1 })
    await expect(checkGradients(smoothed, logits)).resolves.toBeUndefined()
    const soft = ({ x, y }: { x: Tensor; y: Tensor }): Tensor => crossEntropy(x, y.detach())
    await expect(
      checkGradients(({ x }: { x: Tensor }) => soft({ x, y: x.mul(0).add(1 / 3) }), { x: logits }),
    ).resolves.toBeUndefined()
  })

  it.each([
    ['too many targets', () => crossEntropy(logits, indices(0, 1)), ShapeError, 'logits are [batch, classes, ...]'],
    [
      'classes on the last axis',
      () => crossEntropy(zeros([2, 5, 3]), zeros([2, 5], 'i32')),
      ShapeError,
      '.flatten(0, 1)',
    ],
    ['whole logits', () => crossEntropy(zeros([2, 3], 'i32'), indices(0, 1)), DTypeError, 'logits are real'],
    [
      'weights for other classes',
      () => crossEntropy(logits, targets, { weight: [1, 2] }),
      ShapeError,
      'each of 3 classes',
    ],
    [
      'too much smoothing',
      () => crossEntropy(logits, targets, { labelSmoothing: 2 }),
      ArgumentError,
      'between 0 and 1',
    ],
  ])('%s is an error', (_, act, type, message) => {
    expect(act).toThrow(type)
    expect(act).toThrow(message)
  })
})

describe('losses of two classes and of numbers', () => {
  const y = tensor([1, 0, 1, 0])
  const z = tensor([0.3, -1.2, 2, 0.7])

  it('agree between logits and probabilities', async () => {
    expectClose(await binaryCrossEntropyWithLogits(z, y).data(), await binaryCrossEntropy(z.sigmoid(), y).data())
  })

  it('are finite for certain mistakes', async () => {
    expect(await binaryCrossEntropy(tensor([0, 1]), tensor([1, 0]), { reduction: 'none' }).toArray()).toEqual([
      100, 100,
    ])
    const far = tensor([-1e4, 1e4])
    const loss = binaryCrossEntropyWithLogits(far, tensor([1, 0]), { reduction: 'sum' })
    expect([await loss.item(), await grad(loss, far).toArray()]).toEqual([2e4, [-1, 1]])
  })

  it('have gradients by prediction and target, of second order too', async () => {
    const p = tensor([0.2, 0.9, 0.4, 0.6])
    const t = tensor([0.1, 0.8, 1, 0])
    for (const loss of [binaryCrossEntropy, mseLoss, leastSquares])
      await expect(
        checkGradients(([p, t]: readonly [Tensor, Tensor]) => loss(p, t), [p, t] as const),
      ).resolves.toBeUndefined()
    const fromLogits = ([z, t]: readonly [Tensor, Tensor]): Tensor => binaryCrossEntropyWithLogits(z, t)
    await expect(checkGradients(fromLogits, [z, t] as const)).resolves.toBeUndefined()
  })

  it.each([leastSquares, mseLoss, binaryCrossEntropy, binaryCrossEntropyWithLogits])(
    '%o compares equal shapes only',
    loss => {
      expect(() => loss(zeros([4, 1]), zeros([4]))).toThrow('prediction and target have one shape, got [4, 1] and [4]')
    },
  )
})
