import fc from 'fast-check'
import type { IndexMap, LoopKernel, Operand, Value, ValueType } from '../../../compiler/kernel.ts'
import { type DType, dtypes } from '../../../dtype.ts'
import type { Binary, Unary } from '../../../graph/primitives.ts'
import { fromNumbers } from '../../reference/floats.ts'

/** A kernel with the bytes of its operands. Values are exact in any order of evaluation, or bounded if approximate. */
export interface RandomKernel {
  readonly kernel: LoopKernel
  readonly blocks: () => readonly Uint8Array<ArrayBuffer>[]
  readonly exact: boolean
}

type Draw = (below: number) => number

/** Choices from a seed. */
function drawFrom(seed: number): Draw {
  let state = seed | 1
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const pick = <T>(draw: Draw, list: readonly T[]): T => list[draw(list.length)]!

const stored: Record<ValueType, readonly DType[]> = {
  f32: ['f32', 'f32', 'f16', 'bf16'],
  i32: ['i32', 'i8'],
  u32: ['u32'],
  bool: ['bool'],
}

const exactUnaries: Record<ValueType, readonly Unary[]> = {
  f32: ['neg', 'abs', 'sign', 'floor', 'ceil', 'round', 'trunc', 'detach'],
  i32: ['neg', 'abs', 'sign', 'detach'],
  u32: ['detach', 'sign'],
  bool: ['not', 'detach'],
}
const exactBinaries: Record<ValueType, readonly Binary[]> = {
  f32: ['add', 'sub', 'max', 'min', 'less', 'lessEqual', 'equal', 'notEqual', 'mod'],
  i32: [
    'add',
    'sub',
    'mul',
    'max',
    'min',
    'div',
    'mod',
    'less',
    'lessEqual',
    'equal',
    'and',
    'or',
    'xor',
    'pow',
    'shiftLeft',
    'shiftRight',
  ],
  u32: [
    'add',
    'sub',
    'mul',
    'max',
    'min',
    'div',
    'mod',
    'less',
    'notEqual',
    'and',
    'or',
    'xor',
    'pow',
    'shiftLeft',
    'shiftRight',
  ],
  bool: ['and', 'or', 'xor', 'equal', 'notEqual', 'less', 'max', 'min'],
}
const approximate: readonly Unary[] = ['exp', 'tanh', 'erf', 'sin', 'cos']
const comparisons: ReadonlySet<Binary> = new Set<Binary>(['less', 'lessEqual', 'equal', 'notEqual'])

interface Loops {
  readonly sizes: readonly number[]
  readonly outer: number
}

/** Builds one kernel, choice by choice. */
class KernelBuilder {
  readonly draw: Draw
  readonly loops: Loops
  readonly operands: Operand[] = []
  readonly blocks: Uint8Array<ArrayBuffer>[] = []
  readonly values: Value[] = []
  readonly exactness: boolean[] = []
  exact = true

  constructor(draw: Draw, loops: Loops) {
    this.draw = draw
    this.loops = loops
  }

  add(value: Value, exact: boolean): number {
    this.exactness.push(exact)
    return this.values.push(value) - 1
  }

  /** A map over the loops into fresh elements: any order of axes, some repeated, backwards or apart, with or without bounds. */
  map(repeats: boolean, bounded: boolean, perRow = false): { map: IndexMap; elements: number } {
    const { draw } = this
    const { sizes, outer } = this.loops
    const strides = sizes.map(() => 0)
    const bounds: { loop: number; start: number; stop: number }[] = []
    let [elements, offset] = [draw(3) === 0 ? 2 : 1, 0]
    const order = [...sizes.keys()].toReversed()
    if (draw(3) === 0) order.sort(() => draw(3) - 1)
    for (const loop of order) {
      if ((repeats && draw(4) === 0) || (perRow && loop >= outer)) continue
      const size = sizes[loop]!
      const [start, stop] = bounded && draw(3) === 0 ? [draw(3), size - draw(3)] : [0, size]
      const count = Math.max(stop - start, 0)
      const backwards = repeats && draw(5) === 0
      strides[loop] = backwards ? -elements : elements
      offset += backwards ? elements * (start + count - 1) : -elements * start
      if (start > 0 || stop < size) bounds.push({ loop, start, stop: Math.max(stop, start) })
      elements *= Math.max(count, 1)
    }
    return { map: { offset, strides, bounds, fill: 3 }, elements }
  }

  operand(dtype: DType, elements: number, written: boolean, number: () => number): number {
    this.operands.push({ dtype, written })
    const numbers = Float64Array.from({ length: elements }, number)
    const bytes = written ? new Uint8Array(elements * dtypes[dtype].bytes).fill(0xff) : fromNumbers(numbers, dtype)
    return this.blocks.push(bytes) - 1
  }

  load(type: ValueType): number {
    const { draw } = this
    const { map, elements } = this.map(true, true)
    const number: Record<ValueType, () => number> = {
      f32: () => (draw(65) - 32) / 8,
      i32: () => draw(41) - 20,
      u32: () => draw(3) * 2 ** 30 + draw(40),
      bool: () => draw(2),
    }
    const operand = this.operand(pick(draw, stored[type]), elements, false, number[type])
    return this.add({ type, op: 'load', operand, map }, true)
  }

  gather(): number {
    const { draw } = this
    const size = 1 + draw(7)
    const index = this.map(true, false)
    const indices = this.add(
      {
        type: 'i32',
        op: 'load',
        operand: this.operand('i32', index.elements, false, () => draw(size)),
        map: index.map,
      },
      true,
    )
    const { map, elements } = this.map(true, true)
    const rowsFirst = draw(2) === 0
    const stride = rowsFirst ? elements : 1
    const spaced = rowsFirst ? map : { ...map, offset: map.offset * size, strides: map.strides.map(s => s * size) }
    const operand = this.operand(pick(draw, stored.f32), elements * size, false, () => (draw(65) - 32) / 8)
    return this.add({ type: 'f32', op: 'gather', operand, map: spaced, index: indices, stride, size }, true)
  }

  source(): number {
    const { draw } = this
    const kind = draw(12)
    if (kind === 0) return this.add({ type: 'i32', op: 'index', map: this.map(true, true).map }, true)
    if (kind === 1) {
      const { map } = this.map(true, false)
      return this.add(
        { type: 'u32', op: 'randomBits', operand: this.operand('u32', 2, false, () => draw(2 ** 32)), map },
        true,
      )
    }
    if (kind === 2) return this.gather()
    if (kind === 3) return this.add({ type: 'f32', op: 'constant', value: pick(draw, [0, 1, -0.5, 3]) }, true)
    return this.load(pick(draw, ['f32', 'f32', 'f32', 'i32', 'u32', 'bool'] as const))
  }

  /** A value of some type among those that may be used. */
  any(type: ValueType, usable: readonly number[], exact = true): number {
    const fit = usable.filter(at => this.values[at]!.type === type && (this.exactness[at]! || !exact))
    return fit.length === 0 ? this.load(type) : pick(this.draw, fit)
  }

  combine(usable: readonly number[]): number {
    const { draw } = this
    const at = pick(draw, usable)
    const { type } = this.values[at]!
    const a = this.any(type, [at])
    const kind = draw(8)
    if (kind === 0)
      return this.add({ type, op: 'where', inputs: [this.any('bool', usable), a, this.any(type, usable)] }, true)
    if (kind === 1) {
      const to = pick(draw, ['f32', 'i32', 'bool'] as const)
      const source = type === 'u32' ? this.any('i32', usable) : a
      // Large integers would leave what sums hold exactly.
      const small = this.values[source]!.type === 'i32' ? this.load('i32') : source
      return this.add({ type: to, op: 'cast', inputs: [small] }, true)
    }
    if (kind === 2 && type === 'f32') return this.approximate()
    if (kind <= 4) return this.add({ type, op: pick(draw, exactUnaries[type]), inputs: [a] }, true)
    const op = pick(draw, exactBinaries[type])
    return this.add({ type: comparisons.has(op) ? 'bool' : type, op, inputs: [a, this.any(type, usable)] }, true)
  }

  approximate(): number {
    return this.add({ type: 'f32', op: pick(this.draw, approximate), inputs: [this.load('f32')] }, false)
  }

  store(value: number, perRow: boolean): LoopKernel['stages'][number]['stores'][number] {
    if (!this.exactness[value]) this.exact = false
    const { map, elements } = this.map(false, false, perRow)
    return {
      operand: this.operand(pick(this.draw, stored[this.values[value]!.type]), elements, true, () => 0),
      value,
      map,
      perRow,
    }
  }
}

type Stages = LoopKernel['stages'][number]

function stagesOf(builder: KernelBuilder, count: number): Stages[] {
  const { draw, values } = builder
  const usable = Array.from({ length: 1 + draw(3) }, () => builder.source())
  // What takes long to compute, and is used in the first stage and the last, is kept between them.
  const shared = draw(3) === 0 ? builder.approximate() : undefined
  let reductions = 0
  return Array.from({ length: count }, (_, stage): Stages => {
    for (let i = draw(4); i > 0; i--) usable.push(builder.combine(usable))
    const isLast = stage === count - 1
    const reduced = isLast && count > 1 ? [] : Array.from({ length: 1 + draw(2) }, () => reductionOf(builder, usable))
    if (shared !== undefined && stage === 0) reduced.push({ op: 'sum', input: shared })
    const stores =
      !isLast && draw(3) > 0 ? [] : [builder.store(isLast && shared !== undefined ? shared : pick(draw, usable), false)]
    const results = reduced.map(({ op, input }) => {
      const type = op === 'argmax' ? 'i32' : values[input]!.type
      return builder.add({ type, op: 'reduced', reduction: reductions++ }, builder.exactness[input]! && op !== 'prod')
    })
    usable.push(...results.filter(at => builder.exactness[at]))
    const rowStores = results.filter(() => draw(2) === 0).map(at => builder.store(at, true))
    return { reductions: reduced, stores: [...stores, ...rowStores] }
  })
}

function reductionOf(builder: KernelBuilder, usable: readonly number[]): Stages['reductions'][number] {
  const { draw } = builder
  const input = pick(draw, usable)
  const exact = builder.exactness[input]!
  const isBool = builder.values[input]!.type === 'bool'
  return {
    op: exact
      ? pick(draw, isBool ? (['sum', 'reduceMax', 'prod'] as const) : (['sum', 'reduceMax', 'argmax'] as const))
      : 'sum',
    input,
  }
}

const sizes = fc.array(fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 33, 70), { maxLength: 3, size: 'max' })

/** Not too many points, of which the interpreter takes its time. */
const limited = (list: readonly number[], most: number): number[] =>
  list
    .toReversed()
    .reduce<number[]>(
      (kept, n) => (kept.reduce((product, size) => product * size, n) <= most ? [n, ...kept] : kept),
      [],
    )

export const randomKernels: fc.Arbitrary<RandomKernel> = fc
  .record({
    outer: sizes,
    inner: sizes,
    long: fc.option(fc.integer({ min: 2000, max: 9000 }), { freq: 9 }),
    columns: fc.boolean(),
    stages: fc.nat({ max: 3 }),
    seed: fc.nat(),
  })
  .map(({ outer, inner, long, columns, stages, seed }) => {
    const [rows, within] =
      long === null
        ? [limited(outer, 40), limited(inner, 120)]
        : columns
          ? [[long], limited(inner, 3)]
          : [limited(outer, 2), [long]]
    const builder = new KernelBuilder(drawFrom(seed), { sizes: [...rows, ...within], outer: rows.length })
    const elementwise = stages === 0
    const made = elementwise
      ? [{ reductions: [], stores: [builder.store(builder.combine([builder.source(), builder.source()]), false)] }]
      : stagesOf(builder, stages)
    const lanes =
      columns && rows.length > 0 ? 'outer' : within.length > 0 ? 'inner' : rows.length > 0 ? 'outer' : 'inner'
    const { operands, values, blocks, exact } = builder
    return {
      kernel: { kind: 'loops', operands, outer: rows, inner: within, lanes, values, stages: made },
      blocks: () => blocks,
      exact,
    }
  })
