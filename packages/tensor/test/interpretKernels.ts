import { fromNumbers, toNumbers } from '../src/backends/reference/floats.ts'
import { evaluate } from '../src/backends/reference/evaluate.ts'
import { positions } from '../src/backends/reference/positions.ts'
import { roundTo } from '../src/backends/reference/rounding.ts'
import { threefry } from '../src/backends/reference/threefry.ts'
import type {
  AttentionInput,
  IndexMap,
  Kernel,
  LoopKernel,
  MatmulKernel,
  Operand,
  Store,
  Value,
  ValueType,
} from '../src/compiler/kernel.ts'
import { type DType, dtypes } from '../src/dtype.ts'
import type { Attributes, Primitive } from '../src/graph/primitives.ts'
import { rowMajorStrides, type Shape, sizeOf } from '../src/shape.ts'

/** The bytes of each operand of a kernel, which may be parts of one arena. */
export type Memory = readonly Uint8Array<ArrayBuffer>[]

/** One primitive of the reference backend, on numbers. */
function primitive<Op extends Primitive>(
  op: Op,
  attributes: Attributes[Op],
  dtype: DType,
  shape: Shape,
  inputs: readonly { dtype: DType; shape: Shape; numbers: Float64Array }[],
): Float64Array {
  const slots = inputs.map((_, i) => i)
  const buffers = inputs.map(input => ({
    op: 'buffer' as const,
    attributes: {},
    inputs: [],
    shape: input.shape,
    dtype: input.dtype,
  }))
  const nodes = [...buffers, { op, attributes, inputs: slots, shape, dtype }]
  return evaluate(
    { nodes, inputs: slots, outputs: [slots.length], replaces: [undefined] },
    inputs.map(input => input.numbers),
  ).at(-1)!.numbers
}

/** The positions of a map over loops; −1 outside of its bounds. */
function resolve(map: IndexMap, loops: Shape): Float64Array {
  if (map.strides.length !== loops.length)
    throw new Error(`a map of ${map.strides.length} strides over ${loops.length} loops`)
  const at = positions(loops, map.strides, map.offset)
  for (const { loop, start, stop } of map.bounds) {
    const index = positions(
      loops,
      loops.map((_, i) => (i === loop ? 1 : 0)),
    )
    index.forEach((i, point) => {
      if (i < start || i >= stop) at[point] = -1
    })
  }
  return at
}

class Operands {
  readonly operands: readonly Operand[]
  readonly memory: Memory
  readonly #written = new Map<number, Set<number>>()

  constructor(operands: readonly Operand[], memory: Memory) {
    this.operands = operands
    this.memory = memory
  }

  load(operand: number, at: Float64Array, fill = 0): Float64Array {
    const { dtype } = this.operands[operand]!
    const stored = toNumbers(this.memory[operand]!, dtype)
    return at.map(position => {
      if (position === -1) return fill
      const value = stored[position]
      if (value === undefined)
        throw new Error(`operand ${operand} is read at ${position}, it has ${stored.length} elements`)
      return value
    })
  }

  store(operand: number, at: Float64Array, numbers: Float64Array): void {
    const { dtype, written } = this.operands[operand]!
    if (!written) throw new Error(`operand ${operand} is written but not declared so`)
    const width = dtypes[dtype].bytes
    const bytes = fromNumbers(numbers, dtype)
    const seen = this.#written.get(operand) ?? new Set()
    this.#written.set(operand, seen)
    at.forEach((position, i) => {
      if (seen.has(position)) throw new Error(`operand ${operand} is written twice at ${position}`)
      seen.add(position)
      this.memory[operand]!.set(bytes.subarray(i * width, (i + 1) * width), position * width)
    })
  }
}

/** What values need besides their inputs. */
interface Scope {
  readonly loops: Shape
  readonly operands: Operands
  readonly reduced: readonly Float64Array[]
  readonly product?: Float64Array
}

/** A value at every point of the loops. */
function valueAt(values: readonly Value[], at: number, scope: Scope, known: Map<number, Float64Array>): Float64Array {
  const found = known.get(at)
  if (found !== undefined) return found
  const result = compute(values, values[at]!, scope, known).map(roundTo[values[at]!.type])
  known.set(at, result)
  return result
}

function compute(values: readonly Value[], value: Value, scope: Scope, known: Map<number, Float64Array>): Float64Array {
  const { loops, operands } = scope
  const size = sizeOf(loops)
  switch (value.op) {
    case 'load':
      return operands.load(value.operand, resolve(value.map, loops), value.map.fill)
    case 'constant':
      return new Float64Array(size).fill(value.value)
    case 'index':
      return resolve(value.map, loops).map(at => (at === -1 && value.map.bounds.length > 0 ? value.map.fill : at))
    case 'randomBits': {
      const [key0, key1] = operands.load(value.operand, Float64Array.of(0, 1))
      return resolve(value.map, loops).map(at => threefry(key0!, key1!, at))
    }
    case 'gather': {
      const index = valueAt(values, value.index, scope, known)
      const start = resolve(value.map, loops)
      const inside = index.every((i, point) => start[point] === -1 || (i >= 0 && i < value.size))
      if (!inside) throw new Error('an index is out of range')
      return operands.load(
        value.operand,
        start.map((base, point) =>
          base === -1 && value.map.bounds.length > 0 ? -1 : base + index[point]! * value.stride,
        ),
        value.map.fill,
      )
    }
    case 'reduced':
      return scope.reduced[value.reduction]!
    case 'product':
      return scope.product!
    case 'quantize': {
      const numbers = valueAt(values, value.inputs[0]!, scope, known)
      return Float64Array.from(toNumbers(fromNumbers(numbers, value.dtype), value.dtype))
    }
    default: {
      const inputs = value.inputs.map(input => ({
        dtype: values[input]!.type as DType,
        shape: loops,
        numbers: valueAt(values, input, scope, known),
      }))
      return primitive(value.op, { dtype: value.type } as Attributes[Primitive], value.type, loops, inputs)
    }
  }
}

function runLoops(kernel: LoopKernel, operands: Operands): void {
  const { outer, inner, values, stages } = kernel
  const loops = [...outer, ...inner]
  const [rows, columns] = [sizeOf(outer), sizeOf(inner)]
  const perRow: Float64Array[] = []
  const spread = (row: Float64Array): Float64Array =>
    Float64Array.from({ length: rows * columns }, (_, i) => row[Math.floor(i / columns)]!)
  const firsts = [...outer, ...inner.map(() => 1)]
  for (const { reductions, stores } of stages) {
    const scope = (at: Shape): Scope => ({ loops: at, operands, reduced: at === loops ? perRow.map(spread) : perRow })
    const known = new Map<number, Float64Array>()
    const before = scope(loops)
    const results = reductions.map(({ op, input }) => {
      const type: ValueType = values[input]!.type
      const numbers = columns === 0 ? new Float64Array() : valueAt(values, input, before, known)
      const attributes = op === 'argmax' ? { axis: 1 } : { axes: [1] }
      return primitive(
        op,
        attributes as Attributes[typeof op],
        op === 'argmax' ? 'i32' : type,
        [rows, 1],
        [{ dtype: type, shape: [rows, columns], numbers }],
      )
    })
    perRow.push(...results)
    // A store of an element is made in the pass, before the reductions of its stage are known.
    const pending = stores.map(
      store =>
        [
          store,
          store.perRow
            ? valueAt(values, store.value, scope(firsts), new Map())
            : columns === 0
              ? new Float64Array()
              : valueAt(values, store.value, before, known),
        ] as const,
    )
    for (const [store, numbers] of pending)
      operands.store(store.operand, resolve(store.map, store.perRow ? firsts : loops), numbers)
  }
}

function runMatmul(kernel: MatmulKernel, operands: Operands): void {
  const { batch, m, n, k, a, b, values, stores } = kernel
  const load = (side: MatmulKernel['a'], shape: Shape): { dtype: DType; shape: Shape; numbers: Float64Array } => ({
    dtype: 'f32',
    shape,
    numbers: operands.load(side.operand, resolve(side.map, shape)),
  })
  const loops = [...batch, m, n]
  const product = primitive('matmul', {}, 'f32', loops, [load(a, [...batch, m, k]), load(b, [...batch, k, n])])
  const scope: Scope = { loops, operands, reduced: [], product }
  const known = new Map<number, Float64Array>()
  const pending = stores.map((store: Store) => [store, valueAt(values, store.value, scope, known)] as const)
  for (const [store, numbers] of pending) operands.store(store.operand, resolve(store.map, loops), numbers)
}

/** Runs a kernel as `compiler/kernel.ts` describes it, on the rules of the reference backend. */
export function interpret(kernel: Kernel, memory: Memory): void {
  const operands = new Operands(kernel.operands, memory)
  if (kernel.kind === 'loops') return runLoops(kernel, operands)
  if (kernel.kind === 'matmul') return runMatmul(kernel, operands)
  const dtypeOf = (i: number): DType => kernel.operands[i]!.dtype
  const load = (i: number, map: IndexMap, shape: Shape) => ({
    dtype: dtypeOf(i),
    shape,
    numbers: operands.load(i, resolve(map, shape), map.fill),
  })
  const write = (i: number, shape: Shape, numbers: Float64Array): void =>
    operands.store(i, positions(shape, rowMajorStrides(shape)), numbers)
  if (kernel.kind === 'scatterAdd') {
    const { axis, outShape, sourceShape } = kernel
    const inputs = [
      load(0, kernel.base, outShape),
      load(1, kernel.index, sourceShape),
      load(2, kernel.source, sourceShape),
    ]
    return write(3, outShape, primitive('scatterAdd', { axis }, dtypeOf(3), outShape, inputs))
  }
  if (kernel.kind === 'sliceScatter') {
    const { axis, outShape, sourceShape } = kernel
    const base = { offset: 0, strides: rowMajorStrides(outShape), bounds: [], fill: 0 }
    const inputs = [load(0, base, outShape), load(1, kernel.source, sourceShape), load(2, kernel.start, [])]
    return write(3, outShape, primitive('sliceScatter', { axis }, dtypeOf(3), outShape, inputs))
  }
  if (kernel.kind === 'attention' || kernel.kind === 'attentionGradient') {
    const { batch, heads, kvHeads, queries, keys, channels, values, scale, causal } = kernel.sizes
    const [ofQueries, ofKeys] = [
      [...batch, heads, queries],
      [...batch, kvHeads, keys],
    ]
    const read = (input: AttentionInput, shape: Shape) => load(input.operand, input.map, shape)
    const inputs = [
      read(kernel.query, [...ofQueries, channels]),
      read(kernel.key, [...ofKeys, channels]),
      read(kernel.value, [...ofKeys, values]),
      ...(kernel.kind === 'attention'
        ? []
        : [
            read(kernel.gradient, [...ofQueries, values]),
            read(kernel.logSumExp, [...ofQueries, 1]),
            read(kernel.delta, [...ofQueries, 1]),
          ]),
      ...(kernel.bias === undefined ? [] : [read(kernel.bias, [...ofQueries, keys])]),
      ...('offset' in kernel && kernel.offset !== undefined ? [read(kernel.offset, [])] : []),
    ]
    const shifted = 'offset' in kernel && kernel.offset !== undefined
    const shapes: Record<string, Shape> = {
      output: [...batch, queries, heads, values],
      logSumExp: [...ofQueries, 1],
      query: [...batch, queries, heads, channels],
      key: [...batch, keys, kvHeads, channels],
      value: [...batch, keys, kvHeads, values],
    }
    for (const [part, operand] of Object.entries<number | undefined>(kernel.results)) {
      if (operand === undefined) continue
      const attributes = { scale, causal, shifted, part } as Attributes['attention']
      write(operand, shapes[part]!, primitive(kernel.kind as 'attention', attributes, 'f32', shapes[part]!, inputs))
    }
    return
  }
  const { axis, shape } = kernel
  const x = load(0, kernel.x, shape)
  if (kernel.kind === 'cumsum') return write(1, shape, primitive('cumsum', { axis }, dtypeOf(1), shape, [x]))
  write(1, shape, primitive('argsort', { axis, descending: kernel.descending }, 'i32', shape, [x]))
}
