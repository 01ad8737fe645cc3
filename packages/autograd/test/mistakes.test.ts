import { type Tensor, WidsError, zeros } from '@wids/tensor'
import { describe, expect, it } from 'vitest'
import { grad, jacobian, valueAndGrad, vjp } from '../src/index.ts'

/** What JavaScript lets through. */
const wrong = <T>(value: unknown): T => value as T
const nothing = wrong<Tensor>(undefined)
const x = zeros([3])
const sum = (t: Tensor): Tensor => t.sum()

const mistakes: readonly (readonly [name: string, call: () => unknown, message: string])[] = [
  ['grad()', () => grad(nothing, nothing), 'grad: value is a tensor, got undefined'],
  ['grad(function)', () => grad(wrong(sum), x), 'grad: value is a tensor, got a function'],
  ['grad(x, null)', () => grad(x.sum(), wrong<Tensor>(null)), 'grad: tensors are given in a list, got null'],
  ['grad(x, [null])', () => grad(x.sum(), [wrong<Tensor>(null)]), 'grad: item 0 is a tensor, got null'],
  ['grad(x, names)', () => grad(x.sum(), { w: nothing }), 'grad: w is a tensor, got undefined'],
  ['valueAndGrad, no value', () => valueAndGrad(() => nothing)(x), 'valueAndGrad: value is a tensor, got undefined'],
  ['valueAndGrad(f)()', () => valueAndGrad(sum)(nothing), 'valueAndGrad: tensors are given in a list, got undefined'],
  ['vjp(f, null)', () => vjp(sum, wrong<Tensor>(null)), 'vjp: tensors are given in a list, got null'],
  ['jacobian(f)(list)', () => jacobian(sum)(wrong<Tensor>([1, 2])), 'jacobian: item 0 is a tensor, got 1'],
]

describe('a mistake that types would have caught', () => {
  it.each(mistakes)('%s is a typed error that names what was called', (_, call, message) => {
    expect(call).toThrow(WidsError)
    expect(call).toThrow(message)
  })
})
