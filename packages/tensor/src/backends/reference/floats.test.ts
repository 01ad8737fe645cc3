import { describe, expect, it } from 'vitest'
import {
  bfloat16Bits,
  bfloat16Value,
  float16Bits,
  float16Value,
  roundHalfToEven,
  fromNumbers,
  toNumbers,
} from './floats.ts'

const everyPattern = Array.from({ length: 0x10000 }, (_, bits) => bits)

describe('f16', () => {
  it.each([
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [-Infinity, 0xfc00],
    [NaN, 0x7e00],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [2 ** -25 * 1.0001, 1],
    [2 ** -14, 0x0400],
    [2 ** -14 - 2 ** -26, 0x0400],
    [0.1, 0x2e66],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [2 - 2 ** -30, 0x4000],
  ])('stores %d as %d', (value, bits) => {
    expect(float16Bits(value)).toBe(bits)
  })

  it('keeps every one of its values', () => {
    const numbers = everyPattern.filter(bits => !Number.isNaN(float16Value(bits)))
    expect(numbers.map(float16Value).map(float16Bits)).toEqual(numbers)
  })
})

describe('bf16', () => {
  it.each([
    [1, 0x3f80],
    [-0, 0x8000],
    [1 + 2 ** -8, 0x3f80],
    [1 + 3 * 2 ** -8, 0x3f82],
    [3.4e38, 0x7f80],
    [-Infinity, 0xff80],
    [0.1, 0x3dcd],
  ])('stores %d as %d', (value, bits) => {
    expect(bfloat16Bits(value)).toBe(bits)
  })

  it('keeps every one of its values, and NaN', () => {
    const numbers = everyPattern.filter(bits => !Number.isNaN(bfloat16Value(bits)))
    expect(numbers.map(bfloat16Value).map(bfloat16Bits)).toEqual(numbers)
    expect(bfloat16Value(bfloat16Bits(NaN))).toBeNaN()
  })
})

it('rounds half to even and keeps the sign of zero', () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4, 2.6, 2 ** 60, Infinity].map(roundHalfToEven)).toEqual([
    0,
    2,
    2,
    -0,
    -2,
    2,
    3,
    2 ** 60,
    Infinity,
  ])
})

it('converts numbers to bytes and back', () => {
  expect([...toNumbers(fromNumbers([1.5, -0.25], 'f16'), 'f16')]).toEqual([1.5, -0.25])
  expect([...toNumbers(fromNumbers([2, 0, NaN], 'bool'), 'bool')]).toEqual([1, 0, 1])
  expect([...fromNumbers([true, false], 'bool')]).toEqual([1, 0])
  expect([...toNumbers(fromNumbers([130, -1], 'i8'), 'i8')]).toEqual([-126, -1])
  expect(toNumbers(fromNumbers([], 'bf16'), 'bf16')).toEqual(new Float32Array())
})

it('reads bytes that are not aligned', () => {
  const bytes = new Uint8Array([9, ...fromNumbers([1, 2], 'f32')])
  expect([...toNumbers(bytes.subarray(1), 'f32')]).toEqual([1, 2])
})
