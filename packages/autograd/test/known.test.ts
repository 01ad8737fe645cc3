import { expectClose } from '@wids/testing'
import { arange, concat, einsum, type Tensor, tensor } from '@wids/tensor'
import { describe, expect, it } from 'vitest'
import { grad, hessian, jacobian } from '../src/index.ts'

describe('known derivatives', () => {
  it('the Jacobian of a linear map is its matrix', async () => {
    const matrix = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(await jacobian((x: Tensor) => matrix.matmul(x))(tensor([7, 8, 9])).toArray()).toEqual(await matrix.toArray())
  })

  it('of polar coordinates', async () => {
    const polar = (at: Tensor): Tensor => {
      const [r, angle] = [at.at(0), at.at(1)]
      return concat([r.mul(angle.cos()).unsqueeze(0), r.mul(angle.sin()).unsqueeze(0)])
    }
    const [r, angle] = [2, 0.5]
    const expected = [Math.cos(angle), -r * Math.sin(angle), Math.sin(angle), r * Math.cos(angle)]
    expectClose(await jacobian(polar)(tensor([r, angle])).data(), expected)
  })

  it('by several tensors, each with its shape', async () => {
    const { a, b } = jacobian(({ a, b }: { a: Tensor; b: Tensor }) => a.mul(b))({ a: tensor([1, 2]), b: tensor(3) })
    expect([await a.toArray(), await b.toArray()]).toEqual([
      [
        [3, 0],
        [0, 3],
      ],
      [1, 2],
    ])
  })

  it('of an empty result', async () => {
    expect(jacobian((x: Tensor) => x.at([0, 0]))(tensor([1, 2])).shape).toEqual([0, 2])
  })

  it('the Hessian of xᵀAx is A + Aᵀ', async () => {
    const matrix = tensor([
      [1, 2],
      [3, 4],
    ])
    expect(await hessian((x: Tensor) => x.matmul(matrix).matmul(x))(tensor([1, -1])).toArray()).toEqual([
      [2, 5],
      [5, 8],
    ])
  })

  it('of Rosenbrock’s function', async () => {
    // f = (1 − x)² + 100 (y − x²)², at (−1.2, 1): ∇f = (−215.6, −88)
    const rosenbrock = (at: Tensor): Tensor => {
      const [x, y] = [at.at(0), at.at(1)]
      return x.neg().add(1).square().add(y.sub(x.square()).square().mul(100))
    }
    const at = tensor([-1.2, 1])
    expectClose(await grad(rosenbrock(at), at).data(), [-215.6, -88])
    expectClose(await hessian(rosenbrock)(at).data(), [1330, 480, 480, 200])
  })

  it('shares the gradient of equal values', async () => {
    const x = tensor([2, 2, 1])
    expect(await grad(x.max(), x).toArray()).toEqual([0.5, 0.5, 0])
    expect(await grad(x.maximum(2).sum(), x).toArray()).toEqual([0.5, 0.5, 0])
    expect(await grad(x.minimum(tensor([2, 3, 1])).sum(), x).toArray()).toEqual([0.5, 1, 0.5])
  })

  it('is finite where powers and products touch zero', async () => {
    const x = tensor([0, 0, 2])
    expect(await grad(x.pow(0).sum(), x).toArray()).toEqual([0, 0, 0])
    expect(await grad(x.pow(tensor([0, 1, 3])).sum(), x).toArray()).toEqual([0, 1, 12])
    const exponent = tensor([0, 2, 3])
    expectClose(await grad(x.pow(exponent).sum(), exponent).data(), [0, 0, 8 * Math.log(2)])
    expect(await grad(x.prod(), x).toArray()).toEqual([0, 0, 0])
    const once = tensor([3, 0, 2])
    expect(await grad(once.prod(), once).toArray()).toEqual([0, 6, 0])
  })

  it('adds up what is looked up several times', async () => {
    const table = tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ])
    const index = tensor(new Int32Array([2, 0, 2]))
    expect(await grad(table.indexSelect(0, index).mul(arange(1, 4).unsqueeze(-1)).sum(), table).toArray()).toEqual([
      [2, 2],
      [0, 0],
      [4, 4],
    ])
  })

  it('of contractions', async () => {
    const [a, b] = [
      tensor([
        [1, 2],
        [3, 4],
      ]),
      tensor([
        [5, 6],
        [7, 8],
      ]),
    ]
    const [da, db] = grad(einsum('ij,jk->', a, b), [a, b])
    expect([await da.toArray(), await db.toArray()]).toEqual([
      [
        [11, 15],
        [11, 15],
      ],
      [
        [4, 4],
        [6, 6],
      ],
    ])
  })

  it('through dtypes', async () => {
    const x = tensor([1.5, -2], { dtype: 'f16' })
    const slope = grad(x.to('f32').square().sum(), x)
    expect([slope.dtype, await slope.toArray()]).toEqual(['f16', [3, -4]])
  })
})
