import { describe, expect, it } from 'vitest'
import { compute, given } from '../../../test/compute.ts'
import type { DType } from '../../dtype.ts'
import * as build from '../../graph/build.ts'
import type { Binary, Unary } from '../../graph/primitives.ts'

const unary = async (op: Unary, numbers: number[], dtype: DType = 'f32') =>
  (await compute([given(numbers, [numbers.length], dtype)], x => build.unary(op, x))).numbers
const binary = async (op: Binary, a: number[], b: number[], dtype: DType = 'f32') =>
  (await compute([given(a, [a.length], dtype), given(b, [b.length], dtype)], (x, y) => build.binary(op, x, y))).numbers

describe('unary', () => {
  it.each<[Unary, number[], number[]]>([
    ['neg', [1, -0, Infinity, NaN], [-1, 0, -Infinity, NaN]],
    ['abs', [-1, -0, -Infinity], [1, 0, Infinity]],
    ['sign', [-3, 0, -0, 2, NaN], [-1, 0, 0, 1, 0]],
    ['floor', [-0.5, 1.5, -0], [-1, 1, -0]],
    ['ceil', [-0.5, 1.5], [-0, 2]],
    ['round', [0.5, 1.5, 2.5, -0.5, -2.5], [0, 2, 2, -0, -2]],
    ['trunc', [1.9, -1.9], [1, -1]],
    ['sqrt', [4, -1, -0, Infinity], [2, NaN, -0, Infinity]],
    ['rsqrt', [4, 0, -0, Infinity], [0.5, Infinity, -Infinity, 0]],
    ['exp', [0, 100, -200], [1, Infinity, 0]],
    ['log', [1, 0, -1, Infinity], [0, -Infinity, NaN, Infinity]],
    ['tanh', [0, 1e30, -1e30], [0, 1, -1]],
    ['detach', [1, NaN], [1, NaN]],
  ])('%s', async (op, input, output) => {
    expect(await unary(op, input)).toEqual(output)
  })

  it('rounds to f32, f16 and bf16, and keeps f64', async () => {
    expect(await unary('exp', [1])).toEqual([Math.fround(Math.E)])
    expect(await unary('exp', [1], 'f64')).toEqual([Math.E])
    expect(await unary('exp', [1], 'f16')).toEqual([2.71875])
    expect(await unary('exp', [1], 'bf16')).toEqual([2.71875])
  })

  it('wraps integers', async () => {
    expect(await unary('neg', [-(2 ** 31)], 'i32')).toEqual([-(2 ** 31)])
    expect(await unary('neg', [1], 'u32')).toEqual([2 ** 32 - 1])
    expect(await unary('abs', [-128], 'i8')).toEqual([-128])
    expect(await unary('not', [0, 1], 'bool')).toEqual([1, 0])
  })
})

describe('binary', () => {
  it.each<[Binary, number[], number[], number[]]>([
    ['div', [1, -1, 0], [0, 0, 0], [Infinity, -Infinity, NaN]],
    ['mod', [5, -5, 5, -4, 1, -5, 5], [3, 3, -3, 2, 0, Infinity, -Infinity], [2, 1, -1, -0, NaN, Infinity, -Infinity]],
    ['pow', [1, -1, -1, 0, -8, 2], [NaN, Infinity, -Infinity, 0, 1 / 3, -1], [1, 1, 1, 1, NaN, 0.5]],
    ['max', [1, NaN, 1, -Infinity], [2, 1, NaN, 0], [2, NaN, NaN, 0]],
    ['min', [1, NaN, 1, -Infinity], [2, 1, NaN, 0], [1, NaN, NaN, -Infinity]],
    ['less', [1, 1, NaN, -0], [2, 1, 1, 0], [1, 0, 0, 0]],
    ['lessEqual', [1, 1, NaN, 0], [2, 1, NaN, -0], [1, 1, 0, 1]],
    ['equal', [1, NaN, -0], [1, NaN, 0], [1, 0, 1]],
    ['notEqual', [1, NaN, -0], [1, NaN, 0], [0, 1, 0]],
  ])('%s of floats', async (op, a, b, output) => {
    expect(await binary(op, a, b)).toEqual(output)
  })

  it.each<[Binary, DType, number[], number[], number[]]>([
    ['add', 'i32', [2 ** 31 - 1], [1], [-(2 ** 31)]],
    ['sub', 'u32', [0], [1], [2 ** 32 - 1]],
    ['mul', 'i32', [2 ** 31 - 1, 123456789], [2 ** 31 - 1, 987654321], [1, -67153019]],
    ['mul', 'u32', [2 ** 32 - 1], [2 ** 32 - 1], [1]],
    ['div', 'i32', [7, -7, 7, -(2 ** 31)], [2, 2, 0, -1], [3, -3, 0, -(2 ** 31)]],
    ['mod', 'i32', [7, -7, 7, -7, 7], [3, 3, -3, -3, 0], [1, 2, -2, -1, 0]],
    ['pow', 'i32', [2, 2, -1, 1, 3, 3], [10, -1, -3, -2, 0, 21], [1024, 0, -1, 1, 1, 1870418611]],
    ['and', 'u32', [2 ** 32 - 1], [2 ** 31 + 5], [2 ** 31 + 5]],
    ['or', 'i32', [12, -1], [10, 5], [14, -1]],
    ['xor', 'i32', [12, -1], [10, 5], [6, -6]],
    ['xor', 'bool', [1, 1, 0], [1, 0, 0], [0, 1, 0]],
    ['shiftLeft', 'u32', [3, 1], [31, 4], [2 ** 31, 16]],
    ['shiftRight', 'i32', [-8], [1], [-4]],
    ['shiftRight', 'u32', [2 ** 32 - 8], [1], [2 ** 31 - 4]],
  ])('%s of %s', async (op, dtype, a, b, output) => {
    expect(await binary(op, a, b, dtype)).toEqual(output)
  })

  it('selects', async () => {
    const [condition, a, b] = [given([1, 0, 1], [3], 'bool'), given([1, 2, NaN]), given([4, NaN, 6])]
    expect((await compute([condition, a, b], build.where)).numbers).toEqual([1, NaN, NaN].with(1, NaN))
  })
})

describe('cast', () => {
  it.each<[DType, DType, number[], number[]]>([
    ['f32', 'i32', [2.7, -2.7, 3e10, -3e10, NaN, Infinity], [2, -2, 2 ** 31 - 1, -(2 ** 31), 0, 2 ** 31 - 1]],
    ['f32', 'u32', [-5, 5e9, 3e9], [0, 2 ** 32 - 1, 3e9]],
    ['f32', 'i8', [200, -200, 1.5], [127, -128, 1]],
    ['f32', 'bool', [0, -0, 0.1, NaN], [0, 0, 1, 1]],
    ['i32', 'u32', [-1], [2 ** 32 - 1]],
    ['i32', 'i8', [300], [44]],
    ['i32', 'f32', [16777217], [16777216]],
    ['f64', 'f32', [0.1], [Math.fround(0.1)]],
    ['f32', 'f16', [65520, 0.1], [Infinity, 0.0999755859375]],
    ['f32', 'bf16', [0.1], [0.10009765625]],
    ['bool', 'f32', [1, 0], [1, 0]],
  ])('%s to %s', async (from, to, input, output) => {
    expect((await compute([given(input, [input.length], from)], x => build.cast(x, to))).numbers).toEqual(output)
  })

  it('reads bits as another dtype', async () => {
    const bits = await compute([given([1, -0])], x => build.bitcast(x, 'u32'))
    expect(bits.numbers).toEqual([0x3f800000, 0x80000000])
    expect((await compute([bits], x => build.bitcast(x, 'f32'))).numbers).toEqual([1, -0])
    expect((await compute([bits], x => build.bitcast(x, 'i32'))).numbers).toEqual([0x3f800000, -(2 ** 31)])
  })
})
