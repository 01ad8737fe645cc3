import { expect, test } from 'vitest'
import type { LoopKernel } from '../../../../compiler/kernel.ts'
import type { DType } from '../../../../dtype.ts'
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from '../../../reference/floats.ts'
import { emitLoops } from '../loops.ts'
import { Bench } from '../testing.ts'

const bench = new Bench(false)

/** Copies numbers from one dtype to another. */
function convert(from: DType, to: DType, numbers: Float32Array | Uint16Array): number {
  bench.reset()
  const map = { offset: 0, strides: [1], bounds: [], fill: 0 }
  const kernel: LoopKernel = {
    kind: 'loops',
    operands: [
      { dtype: from, written: false },
      { dtype: to, written: true },
    ],
    outer: [],
    inner: [numbers.length],
    lanes: 'inner',
    values: [{ type: 'f32', op: 'load', operand: 0, map }],
    stages: [{ reductions: [], stores: [{ operand: 1, value: 0, map, perRow: false }] }],
  }
  const out = bench.alloc(4 * numbers.length)
  const emitted = emitLoops(kernel, bench.target)
  bench.load(emitted, [bench.place(numbers), out])(0, emitted.units)
  return out
}

const halves = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i)
const formats = [
  ['f16', float16Value, float16Bits],
  ['bf16', bfloat16Value, bfloat16Bits],
] as const

test.each(formats)('every %s becomes the f32 of its value', (dtype, value) => {
  const floats = bench.floats(convert(dtype, 'f32', halves), 2 ** 16)
  expect(floats.findIndex((x, i) => !Object.is(x, value(i)))).toBe(-1)
})

test.each(formats)('f32 round to the nearest %s, ties to even', (dtype, value, bits) => {
  // Every value, the midpoints to the next, and what lies close to those.
  const around = Float32Array.from({ length: 2 ** 18 }, (_, i) => {
    const low = value(i >> 2)
    const middle = (low + value((i >> 2) + 1)) / 2
    return [low, middle, middle * (1 + 2 ** -22), middle * (1 - 2 ** -22)][i & 3]!
  })
  const stored = new Uint16Array(bench.bytes.buffer, convert('f32', dtype, around), around.length)
  const wrong = around.findIndex((x, i) => (Number.isNaN(x) ? !Number.isNaN(value(stored[i]!)) : stored[i] !== bits(x)))
  expect(wrong, `${around[wrong]} gives ${stored[wrong]}`).toBe(-1)
})
