import {
  ArgumentError,
  compile,
  DTypeError,
  rand,
  randn,
  realize,
  ShapeError,
  Tensor,
  tensor,
  zeros,
} from '@wids/tensor'
import { isReleased } from '@wids/tensor/graph'
import { describe, expect, it } from 'vitest'
import { checkGradients, customVjp, grad, GradientError, jvp, valueAndGrad, vjp } from '../src/index.ts'

describe('grad', () => {
  it('answers in the structure of the question', async () => {
    const [a, b] = [tensor([1, 2]), tensor([3, 4])]
    const loss = a.mul(b).sum()
    expect(await grad(loss, a).toArray()).toEqual([3, 4])
    const [da, db] = grad(loss, [a, b])
    expect([await da.toArray(), await db.toArray()]).toEqual([
      [3, 4],
      [1, 2],
    ])
    const named = grad(loss, { b, a })
    expect([Object.keys(named), await named.a.toArray()]).toEqual([
      ['b', 'a'],
      [3, 4],
    ])
    const many: Tensor[] = grad(loss, [a, b] as Tensor[])
    expect(many.length).toBe(2)
  })

  it('is zero for what the loss does not depend on', async () => {
    const [x, other] = [tensor([1, 2]), tensor([[5]])]
    const [dx, dOther] = grad(x.detach().mul(x).sum(), [x, other])
    expect([await dx.toArray(), await dOther.toArray()]).toEqual([[1, 2], [[0]]])
    expect(await grad(tensor(3).mul(2), x).toArray()).toEqual([0, 0])
  })

  it('takes intermediate results, and the loss itself', async () => {
    const x = tensor([1, 2])
    const y = x.mul(3)
    const loss = y.square().sum()
    const [dx, dy, dLoss] = grad(loss, [x, y, loss])
    expect([await dx.toArray(), await dy.toArray(), await dLoss.item()]).toEqual([[18, 36], [6, 12], 1])
  })

  it('weights several values by a seed', async () => {
    const x = tensor([1, 2])
    expect(await grad(x.square(), x, tensor([10, 1])).toArray()).toEqual([20, 4])
    expect(await grad(x.square().sum(0, true), x).toArray()).toEqual([2, 4])
  })

  it('can be taken again', async () => {
    const x = tensor([2])
    let y = x.pow(4).sum()
    for (const expected of [32, 48, 48, 24, 0]) {
      y = grad(y, x).sum()
      expect(await y.item()).toBe(expected)
    }
  })

  it('walks graphs of any depth', () => {
    const x = tensor([1])
    let y: Tensor = x
    for (let i = 0; i < 50_000; i++) y = y.mul(1.0001)
    expect(grad(y.sum(), x).shape).toEqual([1])
  })

  it('computes the loss along with the gradients, so that it stays readable', async () => {
    const w = tensor([1, 2])
    const loss = w.square().sum()
    w.assign(w.sub(grad(loss, w)))
    w.start()
    expect(loss.node.storage).toBeDefined()
    expect(await loss.item()).toBe(5)
  })

  it('leaves the tensors it looked at replaceable', () => {
    const w = tensor([1, 2])
    const before = w.node.handles
    grad(w.square().exp().sum(), w)
    expect(w.node.handles).toBe(before)
  })

  it('works inside a compiled function', async () => {
    const w = tensor([1, 2])
    const step = compile((x: Tensor) => {
      const loss = w.mul(x).square().sum()
      const slope = grad(loss, w)
      w.assign(w.sub(slope.mul(0.1)))
      return { loss, slope }
    })
    expect(await step(tensor([1, 1])).slope.toArray()).toEqual([2, 4])
    expect(await step(tensor([1, 1])).loss.item()).toBeCloseTo(0.8 ** 2 + 1.6 ** 2, 5)
  })
})

describe('errors say what to do', () => {
  const x = tensor([1, 2])
  const whole = tensor(new Int32Array([1, 2]))
  it.each([
    [
      'a loss of several values',
      () => grad(x, x),
      ShapeError,
      'reduce it to one number with .sum() or .mean(), or give a seed',
    ],
    [
      'a seed of another shape',
      () => grad(x, x, tensor([1])),
      ShapeError,
      'the seed has the shape of the value, got [1] for [2]',
    ],
    [
      'an integer tensor',
      () => grad(x.sum(), [x, whole]),
      DTypeError,
      "tensor 1 is i32, and there are no gradients by integers; use .to('f32')",
    ],
    ['an integer loss', () => grad(whole.sum(), x), DTypeError, 'the value is i32'],
    ['a tangent of another shape', () => jvp((t: Tensor) => t, x, tensor([1])), ShapeError, 'the tangent needs'],
    [
      'a rule with another shape',
      () =>
        grad(
          customVjp(
            (t: Tensor) => t.sum(),
            () => [zeros([3])],
          )(x),
          x,
        ),
      ShapeError,
      'input 0 is [2], but its gradient is [3]',
    ],
  ])('%s', (_, act, type, message) => {
    expect(act).toThrow(type)
    expect(act).toThrow(message)
  })

  it('a loss whose parameters were replaced', async () => {
    const w = tensor([1, 2])
    const loss = w.square().sum()
    w.assign(w.sub(grad(loss, w)))
    await w.data()
    expect(isReleased(loss.node)).toBe(true)
    expect(() => grad(loss, x)).toThrow(ArgumentError)
    expect(() => grad(loss, x)).toThrow('Take gradients before the step')
    expect(await grad(loss.mul(2), loss).item()).toBe(2)
  })

  it('but not random data that was computed on its own', async () => {
    const w = tensor([1, 2])
    const data = randn([2])
    await realize(data)
    expect(await grad(w.mul(data).sum(), w).toArray()).toEqual(await data.toArray())
  })

  it('nor a loss with random parts that was read before', async () => {
    const w = tensor([1, 2])
    const loss = w.mul(rand([2]).gt(-1).to('f32')).sum()
    expect(await loss.item()).toBe(3)
    expect(await grad(loss, w).toArray()).toEqual([1, 1])
  })
})

describe('functions', () => {
  it('valueAndGrad differentiates by the first argument alone', async () => {
    const x = tensor([1, 2])
    const [value, slope] = valueAndGrad((t: Tensor, other: Tensor, scale: number) => t.mul(other).sum().mul(scale))(
      x,
      x,
      10,
    )
    expect([await value.item(), await slope.toArray()]).toEqual([50, [10, 20]])
  })

  it('vjp pulls any number of seeds', async () => {
    const [y, pull] = vjp(({ a, b }: { a: Tensor; b: Tensor }) => a.mul(b), { a: tensor([1, 2]), b: tensor([3, 4]) })
    expect(await y.toArray()).toEqual([3, 8])
    expect(await pull(tensor([1, 0])).a.toArray()).toEqual([3, 0])
    expect(await pull(tensor([0, 1])).b.toArray()).toEqual([0, 2])
  })

  it('customVjp sees what its inputs meant', async () => {
    const scaled = customVjp(
      (a: Tensor, b: Tensor) => a.mul(b),
      (g, y, [a]) => [g.mul(100), g.mul(a).add(y.mul(0))],
    )
    const [a, b] = [tensor([1, 2]), tensor([3, 4])]
    const loss = scaled(a, b).sum()
    b.assign(tensor([0, 0]))
    const [da, db] = grad(loss, [a, b])
    expect(await da.toArray()).toEqual([100, 100])
    expect(await db.toArray()).toEqual([0, 0])
    const slopes = grad(scaled(a, b).sum(), b)
    expect(await slopes.toArray()).toEqual([1, 2])
  })

  it('checkGradients finds a wrong rule, of first and of second order', async () => {
    const wrong = customVjp(
      (x: Tensor) => x.square(),
      g => [g],
    )
    await expect(checkGradients(wrong, tensor([1, 2]))).rejects.toThrow(GradientError)
    // The slope 2x has the value of the right one, but is constant to its own gradient.
    const flat = customVjp(
      (x: Tensor) => x.square(),
      (g, _, [x]) => [g.mul(x.detach().mul(2))],
    )
    await expect(checkGradients(flat, tensor([1, 2]), { order: 1 })).resolves.toBeUndefined()
    await expect(checkGradients(flat, tensor([1, 2]))).rejects.toThrow('order 2')
  })
})
