import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { IndexMap, ScatterAddKernel } from '../../../compiler/kernel.ts'
import { dtypes, isFloat } from '../../../dtype.ts'
import { rowMajorStrides } from '../../../shape.ts'
import { roundTo } from '../../reference/rounding.ts'
import { emitScatterAdd } from './scatterAdd.ts'
import { FAULT_ADDRESS } from './target.ts'
import { Bench } from './testing.ts'
import { cuts, indicesOf, layOut, layouts, positionOf, randomFloats, runInParts } from './testingMaps.ts'

const bench = new Bench(false)

const cases = fc
  .record({
    shape: fc.oneof(fc.array(fc.nat(24), { minLength: 1, maxLength: 3 }), fc.tuple(fc.nat(90), fc.nat(40))),
    axis: fc.nat(2),
    length: fc.nat(24),
  })
  .chain(({ shape, axis, length }) =>
    fc.record({
      outShape: fc.constant(shape),
      axis: fc.constant(axis % shape.length),
      length: fc.constant(length),
      base: layouts(shape.length, shape.length),
      index: layouts(shape.length, shape.length),
      source: layouts(shape.length, shape.length),
      dtype: fc.constantFrom(
        'f32' as const,
        'i32' as const,
        'f16' as const,
        'bf16' as const,
        'i8' as const,
        'bool' as const,
      ),
      outOfRange: fc.boolean(),
      seed: fc.integer(),
      cut: cuts,
    }),
  )

const rowMajor = (shape: readonly number[]): IndexMap => ({
  offset: 0,
  strides: rowMajorStrides(shape),
  bounds: [],
  fill: 0,
})

/** The result, rounded after every addition as the kernel does, and the indices that point nowhere. */
function expected(kernel: ScatterAddKernel, base: ArrayLike<number>, index: Int32Array, source: ArrayLike<number>) {
  const round = roundTo[kernel.operands[3]!.dtype]
  const out = [...indicesOf(kernel.outShape)].map(at => base[positionOf(kernel.base, at)]!)
  const strays = new Set<number>()
  for (const at of indicesOf(kernel.sourceShape)) {
    const to = index[positionOf(kernel.index, at)]!
    if (to < 0 || to >= kernel.outShape[kernel.axis]!) strays.add(to)
    else {
      const position = positionOf(rowMajor(kernel.outShape), at.with(kernel.axis, to))
      out[position] = round(out[position]! + source[positionOf(kernel.source, at)]!)
    }
  }
  return { out, strays }
}

const clearFault = (): void => {
  bench.ints(FAULT_ADDRESS, 3).fill(0)
}

describe('emitScatterAdd', () => {
  test('adds along any axis in order and notes an index that is out of range', () => {
    fc.assert(
      fc.property(cases, ({ outShape, axis, length, dtype, outOfRange, seed, cut, ...layout }) => {
        bench.reset()
        clearFault()
        const sourceShape = outShape.with(axis, length)
        const [base, index, source] = [
          layOut(outShape, layout.base),
          layOut(sourceShape, layout.index),
          layOut(sourceShape, layout.source),
        ]
        const scale = isFloat(dtype) ? 1 : 2 ** 31
        const values = (count: number, salt: number) =>
          [...randomFloats(count, seed + salt)].map(x => roundTo[dtype](x * scale))
        const size = outShape[axis]!
        const [from, what] = [values(base.length, 0), values(source.length, 1)]
        const where = Int32Array.from(
          randomFloats(index.length, seed + 2),
          x => Math.floor(((x + 1) / 2) * size) + (outOfRange && x > 0.9 ? size : 0) - (outOfRange && x < -0.9 ? 5 : 0),
        )
        const operands = [dtype, 'i32' as const, dtype, dtype].map((type, i) => ({ dtype: type, written: i === 3 }))
        const kernel: ScatterAddKernel = {
          kind: 'scatterAdd',
          operands,
          axis,
          outShape,
          sourceShape,
          base: base.map,
          index: index.map,
          source: source.map,
        }
        const count = outShape.reduce((product, n) => product * n, 1)
        const bytes = dtypes[dtype].bytes * count
        const to = bench.alloc(bytes)
        const emitted = emitScatterAdd(kernel)
        runInParts(
          bench.load(emitted, [
            bench.placeNumbers(from, dtype),
            bench.place(where),
            bench.placeNumbers(what, dtype),
            to,
          ]),
          emitted.units,
          cut,
        )
        const { out, strays } = expected(kernel, from, where, what)
        expect(bench.numbers(to, count, dtype)).toEqual(out)
        expect(bench.untouched(to + bytes)).toBe(true)
        const [code, stray, axisSize] = bench.ints(FAULT_ADDRESS, 3)
        expect(code).toBe(strays.size === 0 ? 0 : 1)
        expect(strays.size === 0 || (strays.has(stray!) && axisSize === size)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
