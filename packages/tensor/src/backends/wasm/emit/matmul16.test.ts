import { expect, test } from 'vitest'
import type { IndexMap, MatmulKernel } from '../../../compiler/kernel.ts'
import { emitMatmul } from './matmul.ts'
import { Bench } from './testing.ts'
import { operand, product } from './testingProducts.ts'

const decodeBf16 = (half: number): number => new Float32Array(Uint32Array.of(half << 16).buffer)[0]!

function decodeF16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const [exponent, fraction] = [(half >> 10) & 31, half & 1023]
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

test.each([
  ['f16', decodeF16],
  ['bf16', decodeBf16],
] as const)('reads every number of 16 bits as %s, wherever it stands in a line', (dtype, decode) => {
  const [bench, count, k] = [new Bench(true), 1 << 16, 17]
  const one = dtype === 'f16' ? 0x3c00 : 0x3f80
  const line = (...strides: readonly number[]): IndexMap => ({ offset: 0, strides, bounds: [], fill: 0 })
  const kernel: MatmulKernel = {
    kind: 'matmul',
    operands: [operand('f32'), operand(dtype), operand('f32', true)],
    batch: [],
    m: 1,
    n: count,
    k,
    a: { operand: 0, map: line(0, 1) },
    b: { operand: 1, map: line(1, k) },
    values: [product],
    stores: [{ operand: 2, value: 0, map: line(0, 1), perRow: false }],
  }
  const emitted = emitMatmul(kernel, bench.target)
  for (const position of [0, 1, 7, 10, 16])
    for (const factor of [1, 2 ** 20]) {
      bench.reset()
      const halves = new Uint16Array(count * k).fill(one)
      for (let half = 0; half < count; half++) halves[half * k + position] = half
      const x = new Float32Array(k)
      x[position] = factor
      const out = bench.alloc(4 * count)
      bench.load(emitted, [bench.place(x), bench.place(halves), out])(0, emitted.units)
      const found = bench.floats(out, count)
      const wrong = found.findIndex((y, half) => !Object.is(y, Math.fround(decode(half) * factor) + 0))
      expect(wrong).toBe(-1)
    }
})
