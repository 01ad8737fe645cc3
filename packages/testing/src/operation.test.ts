import { describe, expect, it } from 'vitest'
import { checkOperation, makeTensor, type OperationCase, type TensorLike, titleOf } from './operation.ts'

/** Just enough of a tensor: numbers in row-major order, and where they lie. */
class Numbers implements TensorLike<Numbers> {
  readonly shape: readonly number[]
  readonly dtype: string
  readonly numbers: readonly number[]

  constructor(numbers: readonly number[], shape: readonly number[], dtype = 'f32') {
    this.numbers = numbers
    this.shape = shape
    this.dtype = dtype
  }
  async data() {
    return this.numbers
  }
  double() {
    return new Numbers(
      this.numbers.map(x => 2 * x),
      this.shape,
      this.dtype,
    )
  }
  mul(other: Numbers) {
    return new Numbers(
      this.numbers.map((x, i) => x * other.numbers[i]!),
      this.shape,
      this.dtype,
    )
  }
  add(other: Numbers) {
    return new Numbers(
      this.numbers.map((x, i) => x + other.numbers[i]!),
      this.shape,
      this.dtype,
    )
  }
  sum() {
    return new Numbers([this.numbers.reduce((a, b) => a + b, 0)], [], this.dtype)
  }
  transpose() {
    const [rows, columns] = [this.shape[0]!, this.shape[1]!]
    const numbers = this.numbers.map((_, i) => this.numbers[(i % rows) * columns + Math.floor(i / rows)]!)
    return new Numbers(numbers, [columns, rows], this.dtype)
  }
  at() {
    const numbers = this.numbers.filter((_, i) => i % 2 === 0)
    return new Numbers(numbers, [numbers.length], this.dtype)
  }
}

const module = {
  tensor: (values: Float64Array, { shape, dtype }: { shape: readonly number[]; dtype: string }) =>
    new Numbers([...values], shape, dtype),
  negated: (x: Numbers) =>
    new Numbers(
      x.numbers.map(n => -n),
      x.shape,
      x.dtype,
    ),
}

const matrix = { shape: [2, 3], dtype: 'f32', data: [1, 2, 3, 4, 5, 6] }
const doubled = { ...matrix, data: [2, 4, 6, 8, 10, 12] }
const golden: OperationCase = {
  op: 'double',
  call: 'method',
  kind: 'value',
  inputs: [matrix],
  args: [],
  outputs: [doubled],
  gradients: [{ ...matrix, data: [0, 0, 0, 0, 0, 0] }],
}

describe('checkOperation', () => {
  it.each(['packed', 'strided'] as const)('accepts what agrees, of %s inputs', async layout => {
    await expect(checkOperation<Numbers>(module, golden, { layout })).resolves.toBeUndefined()
    const negated: OperationCase = { ...golden, op: 'negated', call: 'function', args: [{ input: 0 }] }
    const outputs = [{ ...matrix, data: matrix.data.map(x => -x) }]
    await expect(checkOperation<Numbers>(module, { ...negated, outputs }, { layout })).resolves.toBeUndefined()
  })

  it.each([
    ['values', { outputs: [matrix] }, 'double, result 0: element 5 is 12, expected 6'],
    ['shape', { outputs: [{ ...doubled, shape: [3, 2] }] }, 'double, result 0 is f32 [2, 3], expected f32 [3, 2]'],
    ['dtype', { outputs: [{ ...doubled, dtype: 'i32' }] }, 'double, result 0 is f32 [2, 3], expected i32 [2, 3]'],
    ['number of results', { outputs: [doubled, doubled] }, 'double: 1 results'],
    ['name', { op: 'triple' }, "there is no method 'triple'"],
  ])('refuses wrong %s', async (_, part, message) => {
    await expect(checkOperation<Numbers>(module, { ...golden, ...part })).rejects.toThrow(message)
  })

  it('compares gradients of the weighted sum', async () => {
    const losses: Numbers[] = []
    const grad = (loss: Numbers, inputs: readonly Numbers[]) => {
      losses.push(loss)
      return inputs
    }
    await expect(checkOperation<Numbers>(module, golden, { grad })).rejects.toThrow('double, gradient of input 0')
    // 2·1·(3 − 4.5)/4 + 2·2·(10 − 4.5)/4 + …
    expect(losses[0]!.numbers).toEqual([-0.75 + 5.5 + 2.25 - 5 + 11.25 + 1.5])
  })
})

it('spreads a vector over memory that must not be read', async () => {
  const spread = makeTensor<Numbers>(module, { shape: [2], dtype: 'f32', data: [1, 2] }, 'strided')
  expect(spread.numbers).toEqual([1, 2])
})

it('titles a case by its shapes and plain arguments', () => {
  const inputs = [matrix, { shape: [2], dtype: 'i32', data: [0, 1] }]
  expect(titleOf({ ...golden, op: 'gather', inputs, args: [1, { input: 1 }], kind: 'extreme' })).toBe(
    'gather [2, 3] i32[2] (1) extreme',
  )
})
