import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type {
  AttentionGradientKernel,
  AttentionInput,
  AttentionKernel,
  AttentionSizes,
  Operand,
} from '../../../compiler/kernel.ts'
import { attentionRules } from '../../reference/attention.ts'
import { sizeOf } from '../../../shape.ts'
import { emitAttention } from './attention/forward.ts'
import { emitAttentionGradient } from './attention/backward.ts'
import { Bench } from './testing.ts'
import { cuts, indicesOf, type Layout, layOut, layouts, positionOf, randomFloats, runInParts } from './testingMaps.ts'

const benches = [new Bench(false), new Bench(true)]

/** Layouts of [batch, heads, rows, columns] whose rows are contiguous. */
const contiguousRows = layouts(4, 1).map((layout): Layout => ({
  ...layout,
  order: [...layout.order.filter(axis => axis !== 3), 3],
}))

const cases = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  kvHeads: fc.integer({ min: 1, max: 2 }),
  group: fc.integer({ min: 1, max: 3 }),
  queries: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 40, max: 150 })),
  keys: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 80, max: 210 })),
  channels: fc.integer({ min: 1, max: 21 }),
  values: fc.integer({ min: 1, max: 21 }),
  causal: fc.boolean(),
  biased: fc.boolean(),
  offset: fc.option(fc.oneof(fc.integer({ min: -3, max: 30 }), fc.integer({ min: 80, max: 220 })), { nil: undefined }),
  layout: fc.tuple(contiguousRows, contiguousRows, contiguousRows, contiguousRows),
  biasLayout: layouts(4, 3),
  seed: fc.integer(),
  cut: cuts,
})
type Case = typeof cases extends fc.Arbitrary<infer C> ? C : never

/** An input in memory, and its numbers in row-major order. */
interface Placed {
  readonly input: AttentionInput
  readonly shape: readonly number[]
  readonly numbers: Float64Array
}

/** Places inputs of a kernel; some keys of the bias are hidden. */
class Given {
  readonly operands: Operand[] = []
  readonly addresses: number[] = []
  readonly bench: Bench
  constructor(bench: Bench) {
    bench.reset()
    this.bench = bench
  }

  input(shape: readonly number[], layout: Layout | undefined, make: (length: number) => Float32Array): Placed {
    const plain = { order: shape.map((_, i) => i), gap: 0, repeated: [], offset: 0 }
    const { map, length } = layOut(shape, layout ?? plain)
    const stored = make(length)
    this.addresses.push(this.bench.place(stored))
    const operand = this.operands.push({ dtype: 'f32', written: false }) - 1
    const numbers = Float64Array.from(indicesOf(shape), index => stored[positionOf(map, index)]!)
    return { input: { operand, map }, shape, numbers }
  }

  whole(value: number): Placed {
    this.addresses.push(this.bench.place(Int32Array.of(value)))
    const operand = this.operands.push({ dtype: 'i32', written: false }) - 1
    const map = { offset: 0, strides: [], bounds: [], fill: 0 }
    return { input: { operand, map }, shape: [], numbers: Float64Array.of(value) }
  }

  result(shape: readonly number[]): number {
    this.addresses.push(this.bench.alloc(4 * sizeOf(shape)))
    return this.operands.push({ dtype: 'f32', written: true }) - 1
  }

  read(operand: number, shape: readonly number[]): number[] {
    const address = this.addresses[operand]!
    if (!this.bench.untouched(address + 4 * sizeOf(shape))) throw new Error('written beyond the end')
    return this.bench.numbers(address, sizeOf(shape), 'f32')
  }
}

const hiding = (x: Float32Array): Float32Array => x.map(n => (n > 0.8 ? -Infinity : n))

function makeInputs(given: Given, sizes: AttentionSizes, { layout, biasLayout, biased, seed }: Case) {
  const { batch, heads, kvHeads, queries, keys, channels, values } = sizes
  const floats = (by: number) => (length: number) => randomFloats(length, seed + by).map(x => 2 * x)
  const query = given.input([...batch, heads, queries, channels], layout[0], floats(1))
  const key = given.input([...batch, kvHeads, keys, channels], layout[1], floats(2))
  const value = given.input([...batch, kvHeads, keys, values], layout[2], floats(3))
  const mask = (length: number): Float32Array => hiding(floats(4)(length))
  const bias = biased ? given.input([...batch, heads, queries, keys], biasLayout, mask) : undefined
  return { query, key, value, bias }
}

const sizesOf = ({ batch, kvHeads, group, ...rest }: Case): AttentionSizes => {
  const { queries, keys, channels, values, causal } = rest
  return { batch: [batch], heads: kvHeads * group, kvHeads, queries, keys, channels, values, scale: 0.7, causal }
}

/** What the reference gives for a part, from placed inputs. */
function expected<Op extends 'attention' | 'attentionGradient'>(
  op: Op,
  part: string,
  { scale, causal }: AttentionSizes,
  inputs: readonly (Placed | undefined)[],
  shape: readonly number[],
  shifted = false,
): Float64Array {
  const attributes = { scale, causal, shifted, part } as never
  const values = inputs.flatMap(x =>
    x === undefined ? [] : [{ shape: x.shape, dtype: 'f32' as const, numbers: x.numbers }],
  )
  return attentionRules[op]({ op, attributes, inputs: [], shape, dtype: 'f32' } as never, ...values)
}

function expectNear(actual: readonly number[], wanted: Float64Array): void {
  const size = wanted.reduce((most, x) => Math.max(most, Number.isFinite(x) ? Math.abs(x) : 0), 1)
  const wrong = actual.findIndex((x, i) => !(x === wanted[i] || Math.abs(x - wanted[i]!) <= 1e-5 * size))
  expect(wrong < 0 ? 'near' : `${actual[wrong]} at ${wrong}, not ${wanted[wrong]}`).toBe('near')
}

describe.each(benches.map((bench, i) => [['plain', 'relaxed'][i], bench] as const))('%s SIMD', (_, bench) => {
  test('emitAttention is softmax(scale · QKᵀ + bias) V, and its log-sum-exp, behind any offset', () => {
    fc.assert(
      fc.property(cases, one => {
        const [given, sizes] = [new Given(bench), sizesOf(one)]
        const { query, key, value, bias } = makeInputs(given, sizes, one)
        const offset = one.offset === undefined ? undefined : given.whole(one.offset)
        const inputs = [query, key, value, bias, offset]
        const shapes = {
          output: [...sizes.batch, sizes.queries, sizes.heads, sizes.values],
          logSumExp: [...sizes.batch, sizes.heads, sizes.queries, 1],
        }
        const results = { output: given.result(shapes.output), logSumExp: given.result(shapes.logSumExp) }
        const kernel: AttentionKernel = {
          kind: 'attention',
          operands: given.operands,
          sizes,
          query: query.input,
          key: key.input,
          value: value.input,
          bias: bias?.input,
          offset: offset?.input,
          results,
        }
        const emitted = emitAttention(kernel, bench.target)
        runInParts(bench.load(emitted, given.addresses), emitted.units, one.cut)
        for (const part of ['output', 'logSumExp'] as const)
          expectNear(
            given.read(results[part], shapes[part]),
            expected('attention', part, sizes, inputs, shapes[part], offset !== undefined),
          )
      }),
      { numRuns: 120 },
    )
  })

  test('emitAttentionGradient is the gradient by query, key and value', () => {
    fc.assert(
      fc.property(cases, one => {
        const [given, sizes] = [new Given(bench), sizesOf(one)]
        const { query, key, value, bias } = makeInputs(given, sizes, one)
        const { batch, heads, kvHeads, queries, keys, channels, values } = sizes
        const rows = [...batch, heads, queries]
        const offsets = Float32Array.from(
          expected('attention', 'logSumExp', sizes, [query, key, value, bias], [...rows, 1]),
        )
        const gradient = given.input([...rows, values], one.layout[3], length => randomFloats(length, one.seed + 5))
        const logSumExp = given.input([...rows, 1], undefined, () => offsets)
        const delta = given.input([...rows, 1], undefined, length => randomFloats(length, one.seed + 6))
        const shapes = {
          query: [...batch, queries, heads, channels],
          key: [...batch, keys, kvHeads, channels],
          value: [...batch, keys, kvHeads, values],
        }
        const results = {
          query: given.result(shapes.query),
          key: given.result(shapes.key),
          value: given.result(shapes.value),
        }
        const kernel: AttentionGradientKernel = {
          kind: 'attentionGradient',
          operands: given.operands,
          sizes,
          query: query.input,
          key: key.input,
          value: value.input,
          gradient: gradient.input,
          logSumExp: logSumExp.input,
          delta: delta.input,
          bias: bias?.input,
          results,
        }
        const emitted = emitAttentionGradient(kernel, bench.target)
        runInParts(bench.load(emitted, given.addresses), emitted.units, one.cut)
        const inputs = [query, key, value, gradient, logSumExp, delta, bias]
        for (const part of ['query', 'key', 'value'] as const)
          expectNear(
            given.read(results[part], shapes[part]),
            expected('attentionGradient', part, sizes, inputs, shapes[part]),
          )
      }),
      { numRuns: 60 },
    )
  })
})

test('parts give the bits of the whole, however units are shared out', () => {
  const bench = benches[1]!
  const sizes = { batch: [2], heads: 4, kvHeads: 2, queries: 131, keys: 131, channels: 20, values: 12 }
  const one = { ...sizes, scale: 0.3, causal: true }
  const run = (cut: readonly number[]): number[] => {
    const given = new Given(bench)
    const make = (heads: number, columns: number, seed: number): AttentionInput =>
      given.input([2, heads, 131, columns], undefined, length => randomFloats(length, seed)).input
    const inputs = { query: make(4, 20, 1), key: make(2, 20, 2), value: make(2, 12, 3) }
    const results = { output: given.result([2, 131, 4, 12]), logSumExp: given.result([2, 4, 131, 1]) }
    const kernel = {
      kind: 'attention' as const,
      operands: given.operands,
      sizes: one,
      ...inputs,
      bias: undefined,
      offset: undefined,
      results,
    }
    const emitted = emitAttention(kernel, bench.target)
    expect(emitted.units).toBeGreaterThan(8)
    runInParts(bench.load(emitted, given.addresses), emitted.units, cut)
    return [...given.read(results.output, [2, 131, 4, 12]), ...given.read(results.logSumExp, [2, 4, 131, 1])]
  }
  const whole = run([])
  for (const cut of [[0.5], [0.1, 0.7], [0.3, 0.31, 0.9]]) expect(run(cut)).toEqual(whole)
})
