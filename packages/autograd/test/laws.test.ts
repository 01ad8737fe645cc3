import { expectClose } from '@wids/testing'
import { setDevice, type Shape, type Tensor, tensor } from '@wids/tensor'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { checkGradients, grad, hessian, jacobian, jvp, vjp } from '../src/index.ts'

let before: ReturnType<typeof setDevice>
beforeAll(() => {
  before = setDevice('reference')
})
afterAll(() => {
  setDevice(before)
})

const tolerance = { rtol: 1e-9, atol: 1e-9 }
const runs = { numRuns: 40 }
const shape: Shape = [2, 3]

/** Smooth functions of [2, 3] to [2, 3], in steps that take earlier results. */
const unary: readonly ((x: Tensor) => Tensor)[] = [
  x => x.sin(),
  x => x.tanh().mul(2),
  x => x.mul(0.3).exp(),
  x => x.square().add(1).log(),
  x => x.square().add(0.5).sqrt(),
  x => x.softmax(1),
  x => x.cumsum(1),
  x => x.flip(0),
  x => x.reshape([3, 2]).transpose(),
  x => x.sub(x.mean(1, true)),
  x => x.sigmoid(),
  x => x.matmul(x.transpose()).matmul(x).mul(0.1),
]
const binary: readonly ((x: Tensor, y: Tensor) => Tensor)[] = [
  (x, y) => x.add(y),
  (x, y) => x.mul(y),
  (x, y) => x.sub(y.sum(0)),
  (x, y) => x.div(y.square().add(1)),
]

interface Step {
  readonly of: number
  readonly one: number
  readonly other: number
}

const smooth = fc
  .array(fc.record({ of: fc.nat(unary.length + binary.length - 1), one: fc.nat(9), other: fc.nat(9) }), {
    minLength: 1,
    maxLength: 5,
  })
  .map(steps => Object.assign((x: Tensor): Tensor => apply(steps, x), { toString: () => JSON.stringify(steps) }))

function apply(steps: readonly Step[], x: Tensor): Tensor {
  const values = [x]
  for (const { of, one, other } of steps) {
    const [a, b] = [values[one % values.length]!, values[other % values.length]!]
    values.push(of < unary.length ? unary[of]!(a) : binary[of - unary.length]!(a, b))
  }
  return values.at(-1)!
}

const numbers = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 6, maxLength: 6 })
const matrix = (values: readonly number[]): Tensor => tensor(Float64Array.from(values), { shape, dtype: 'f64' })
const dot = (x: Tensor, y: Tensor): Tensor => x.mul(y).sum()

async function expectEqual(left: Tensor, right: Tensor): Promise<void> {
  expectClose(await left.data(), await right.data(), tolerance)
}

type Law = (f: (x: Tensor) => Tensor, g: (x: Tensor) => Tensor, x: Tensor, v: Tensor, w: Tensor) => Promise<void>

const laws: Readonly<Record<string, Law>> = {
  'gradients equal differences of values': f =>
    checkGradients(f, matrix([0.3, -0.2, 0.8, -1.1, 0.5, 0.9]), { rtol: 1e-4, atol: 1e-5 }),

  async 'sums: ∇(2f − 3g) = 2∇f − 3∇g'(f, g, x, v, w) {
    const [a, b] = [dot(f(x), v), dot(g(x), w)]
    const parts = grad(a, x).mul(2).sub(grad(b, x).mul(3))
    await expectEqual(grad(a.mul(2).sub(b.mul(3)), x), parts)
  },

  async 'products: ∇(f·g) = f∇g + g∇f'(f, g, x, v, w) {
    const [a, b] = [dot(f(x), v), dot(g(x), w)]
    await expectEqual(grad(a.mul(b), x), grad(a, x).mul(b).add(grad(b, x).mul(a)))
  },

  async 'the chain rule: vᵀ D(g∘f) = (vᵀ Dg) Df'(f, g, x, v) {
    const [y, pullF] = vjp(f, x)
    const [, pullG] = vjp(g, y)
    const [, pullBoth] = vjp((t: Tensor) => g(f(t)), x)
    await expectEqual(pullBoth(v), pullF(pullG(v)))
  },

  async 'vjp is linear: (2v − w)ᵀ Df = 2vᵀ Df − wᵀ Df'(f, _, x, v, w) {
    const [, pull] = vjp(f, x)
    await expectEqual(pull(v.mul(2).sub(w)), pull(v).mul(2).sub(pull(w)))
  },

  async 'vjp and jvp are transposes: v · (Df t) = (vᵀ Df) · t'(f, _, x, v, t) {
    const [, dy] = jvp(f, x, t)
    const [, pull] = vjp(f, x)
    await expectEqual(dot(v, dy), dot(pull(v), t))
  },

  async 'the Jacobian holds both'(f, _, x, v, t) {
    const rows = jacobian(f)(x).reshape([6, 6])
    const [, pull] = vjp(f, x)
    const [, dy] = jvp(f, x, t)
    await expectEqual(v.reshape([6]).matmul(rows), pull(v).reshape([6]))
    await expectEqual(rows.matmul(t.reshape([6])), dy.reshape([6]))
  },

  async 'the Hessian is symmetric'(f, _, x, v) {
    const second = hessian((t: Tensor) => dot(f(t), v))(x).reshape([6, 6])
    await expectEqual(second, second.transpose())
  },
}

describe('for random smooth functions', () => {
  it.each(Object.entries(laws))('%s', (_, law) =>
    fc.assert(
      fc.asyncProperty(smooth, smooth, numbers, numbers, numbers, (f, g, x, v, w) =>
        law(f, g, matrix(x), matrix(v), matrix(w)),
      ),
      runs,
    ),
  )
})
