import { evaluate } from '../src/backends/reference/evaluate.ts'
import type { Value } from '../src/backends/reference/value.ts'
import { type DType, isFloat } from '../src/dtype.ts'
import type { LinearNode } from '../src/graph/linear.ts'
import { type Binary, isBinary, isReduction, isUnary, isView, type Unary } from '../src/graph/primitives.ts'

/**
 * A reference value with, for each element, how far another correct backend may be from it. 0 means the same number:
 * operations that IEEE 754 rounds exactly stay exact on exact inputs; approximations and sums do not.
 */
export interface Bounded extends Value {
  readonly error: Float64Array
}

/** Relative distance of neighbouring f32 numbers. */
const ulp = 2 ** -23
/** Distance of neighbouring subnormal numbers. */
const step = 2 ** -149
/** What a backend's exp, log, … may be off by, relatively, and absolutely where results are subnormal. */
const approximation = 4 * ulp
const tiny = 1e-37

/** Beyond this, whether a result overflows depends on rounding. */
const largest = 1e37

/** No bound is known: neighbouring inputs have results that are far apart. */
const unbounded = Infinity
const onlyExact = (error: number): number => (error === 0 ? 0 : unbounded)

/** Error of f(x) from x, the error of x, and the result. */
const unaryError: Readonly<Record<Unary, (x: number, error: number, result: number) => number>> = {
  neg: (_, e) => e,
  abs: (_, e) => e,
  detach: (_, e) => e,
  sign: (_, e) => onlyExact(e),
  floor: (_, e) => onlyExact(e),
  ceil: (_, e) => onlyExact(e),
  round: (_, e) => onlyExact(e),
  trunc: (_, e) => onlyExact(e),
  not: (_, e) => onlyExact(e),
  sqrt: (x, e, r) => (e === 0 ? 0 : x > 2 * e ? e / Math.sqrt(x) + ulp * r : unbounded),
  rsqrt: (x, e, r) => (e === 0 || x > 2 * e ? (2 * e * r) / Math.max(x, tiny) + approximation * r : unbounded),
  exp: (x, e, r) => (x > 88 && x < 90 ? unbounded : r * (Math.expm1(e) + approximation) + tiny),
  log: (x, e, r) =>
    e === 0 || x > 2 * e ? (2 * e) / Math.max(x, tiny) + approximation * (Math.abs(r) + 1) : unbounded,
  sin: (x, e) => (Math.abs(x) > 1e4 ? unbounded : e + approximation),
  cos: (x, e) => (Math.abs(x) > 1e4 ? unbounded : e + approximation),
  tanh: (_, e, r) => e + approximation * Math.abs(r) + tiny,
  sigmoid: (_, e, r) => e + approximation * r + tiny,
  erf: (_, e, r) => 1.2 * e + approximation * Math.abs(r) + tiny,
}

/** Error of f(a, b) from both, their errors, and the result. */
type BinaryError = (a: number, b: number, ea: number, eb: number, result: number) => number
const comparison: BinaryError = (_a, _b, ea, eb) => onlyExact(ea + eb)
const rounded = (error: number, result: number): number => (error === 0 ? 0 : error + ulp * Math.abs(result) + step)

const binaryError: Readonly<Record<Binary, BinaryError>> = {
  add: (_a, _b, ea, eb, r) => rounded(ea + eb, r),
  sub: (_a, _b, ea, eb, r) => rounded(ea + eb, r),
  mul: (a, b, ea, eb, r) => (ea + eb === 0 ? 0 : rounded(Math.abs(a) * eb + Math.abs(b) * ea + ea * eb, r)),
  div: (_, b, ea, eb, r) =>
    ea + eb === 0 ? 0 : Math.abs(b) > 2 * eb ? rounded((2 * (ea + Math.abs(r) * eb)) / Math.abs(b), r) : unbounded,
  mod: comparison,
  pow: (_a, _b, ea, eb, r) => {
    const size = Math.max(Math.abs(r), tiny)
    return ea + eb === 0 ? approximation * size * (1 + Math.abs(Math.log(size))) : unbounded
  },
  max: (_a, _b, ea, eb) => Math.max(ea, eb),
  min: (_a, _b, ea, eb) => Math.max(ea, eb),
  less: comparison,
  lessEqual: comparison,
  equal: comparison,
  notEqual: comparison,
  and: comparison,
  or: comparison,
  xor: comparison,
  shiftLeft: comparison,
  shiftRight: comparison,
}

/** Evaluates a primitive on other numbers, in double precision; indices and conditions stay as they are. */
function evaluateOn(node: LinearNode, inputs: readonly Bounded[], numbers: readonly Float64Array[]): Float64Array {
  const double = (dtype: DType): DType => (isFloat(dtype) ? 'f64' : dtype)
  const buffers = inputs.map(({ shape, dtype }): LinearNode => ({
    op: 'buffer',
    attributes: {},
    inputs: [],
    shape,
    dtype: double(dtype),
  }))
  const slots = inputs.map((_, i) => i)
  const last = { ...node, inputs: slots, dtype: double(node.dtype) }
  const graph = { nodes: [...buffers, last], inputs: slots, outputs: [inputs.length], replaces: [undefined] }
  return evaluate(graph, numbers)[inputs.length]!.numbers
}

/** Magnitudes, of which sums bound rounding; infinities make sums infinite in any order and do not count. */
const sizes = (numbers: Float64Array): Float64Array => numbers.map(x => (Number.isFinite(x) ? Math.abs(x) : 0))
const sumOf = (a: Float64Array, b: Float64Array, scale = 1): Float64Array => a.map((x, i) => x + scale * b[i]!)

/** Error of sums in any order: what the terms carry, and the rounding of each addition; none if parts could overflow. */
const ofSums = (carried: Float64Array, size: Float64Array, terms: number): Float64Array =>
  carried.map((e, i) => (size[i]! < largest ? e + (terms + 1) * (ulp * size[i]! + step) : unbounded))

function sumError(node: LinearNode, inputs: readonly Bounded[], terms: number): Float64Array {
  const on = (choose: (input: Bounded) => Float64Array): Float64Array =>
    evaluateOn(
      node,
      inputs,
      inputs.map(input => (isFloat(input.dtype) ? choose(input) : input.numbers)),
    )
  const carried = on(input => input.error)
  return ofSums(
    carried,
    on(input => sizes(input.numbers)),
    terms,
  )
}

/** |a|·eb + ea·(|b| + eb), and the sums of products. */
function matmulError(node: LinearNode, [a, b]: readonly [Bounded, Bounded]): Float64Array {
  const times = (x: Float64Array, y: Float64Array): Float64Array => evaluateOn(node, [a, b], [x, y])
  const [sizeA, sizeB] = [sizes(a.numbers), sizes(b.numbers)]
  const carried = sumOf(times(sizeA, b.error), times(a.error, sumOf(sizeB, b.error)))
  return ofSums(carried, times(sizeA, sizeB), a.shape.at(-1)!)
}

/** Π(|x| + e) − Π|x|, and the rounding of n products; none if a part of the product could leave the range of f32. */
function productError(node: LinearNode, x: Bounded): Float64Array {
  const product = (numbers: Float64Array): Float64Array => evaluateOn(node, [x], [numbers])
  const [size, most] = [sizes(x.numbers), sumOf(sizes(x.numbers), x.error)]
  const top = product(most.map(n => Math.max(n, 1)))
  const bottom = product(size.map(n => (n === 0 ? 1 : Math.min(n, 1))))
  const error = sumOf(sumOf(product(most), product(size), -1), product(most), (x.numbers.length + 1) * ulp)
  return error.map((e, i) => (top[i]! < largest && bottom[i]! > 1 / largest ? e : unbounded))
}

/** Distance of neighbouring numbers, relatively and at least. */
const halves: Partial<Record<DType, readonly [number, number]>> = {
  f16: [2 ** -10, 2 ** -24],
  bf16: [2 ** -7, 2 ** -133],
}

function castError(node: LinearNode, x: Bounded, result: Float64Array): Float64Array {
  if (!isFloat(node.dtype)) return x.error.map(onlyExact)
  const [relative, least] = halves[node.dtype] ?? [ulp, step]
  return x.error.map((error, i) => (error === 0 ? 0 : error + relative * Math.abs(result[i]!) + least))
}

/**
 * Attention of numbers of some size is as exact as f32 where all are of about that size, which is what is bounded here:
 * by how far the inputs may be off and by f32's own rounding, times the largest terms and their number.
 */
function attentionError(node: LinearNode, inputs: readonly Bounded[], result: Float64Array): Float64Array {
  const most = (numbers: Float64Array): number => numbers.reduce((a, b) => Math.max(a, Math.abs(b)), 1)
  const size = Math.max(...inputs.map(({ numbers }) => most(numbers)))
  const off = inputs.flatMap(({ error }) => [...error]).reduce((a, b) => Math.max(a, b), 0)
  const terms = inputs.reduce((sum, { shape }) => Math.max(sum, ...shape.slice(-2)), 1)
  const error = (off + 8 * ulp) * terms ** 2 * size ** 4
  return new Float64Array(result.length).fill(size <= 100 && error < 0.1 ? error : unbounded)
}

function errorOf(node: LinearNode, result: Float64Array, inputs: readonly Bounded[]): Float64Array {
  const [x, y] = inputs as readonly [Bounded, Bounded]
  const { op } = node
  const errors = inputs.map(({ error }) => error)
  if (inputs.length === 0) return new Float64Array(result.length)
  if (!inputs.some(({ dtype }) => isFloat(dtype))) return new Float64Array(result.length)
  if (isUnary(op)) return result.map((r, i) => unaryError[op](x.numbers[i]!, x.error[i]!, r))
  if (isBinary(op))
    return result.map((r, i) => binaryError[op](x.numbers[i]!, y.numbers[i]!, x.error[i]!, y.error[i]!, r))
  if (op === 'pad') return evaluateOn({ ...node, attributes: { ...node.attributes, value: 0 } }, inputs, errors)
  if (isView(op) || op === 'reduceMax' || op === 'concat') return evaluateOn(node, inputs, errors)
  if (op === 'sliceScatter') return evaluateOn(node, inputs, [x.error, y.error, inputs[2]!.numbers])
  if (op === 'gather') return evaluateOn(node, inputs, [x.error, y.numbers])
  if (op === 'where') return evaluateOn(node, inputs, [x.numbers, y.error, inputs[2]!.error])
  if (op === 'cast') return castError(node, x, result)
  if (op === 'attention' || op === 'attentionGradient') return attentionError(node, inputs, result)
  if (op === 'matmul') return matmulError(node, [x, y])
  if (op === 'prod') return productError(node, x)
  if (isReduction(op) || op === 'cumsum' || op === 'scatterAdd')
    return sumError(node, inputs, Math.max(...inputs.map(i => i.numbers.length)))
  // What is left looks at the order or the bits of its inputs; NaN has many.
  const exact = x.error.every(error => error === 0) && (op !== 'bitcast' || !x.numbers.some(Number.isNaN))
  return new Float64Array(result.length).fill(exact ? 0 : unbounded)
}

/**
 * The value of a node on the reference backend, with its error; undefined where another backend may rightly be
 * anywhere: at jumps, near overflow, or where an infinity depends on rounding.
 */
export function bound(node: LinearNode, inputs: readonly Bounded[]): Bounded | undefined {
  const slots = inputs.map((_, i) => i)
  const buffers = inputs.map(({ shape, dtype }): LinearNode => ({
    op: 'buffer',
    attributes: {},
    inputs: [],
    shape,
    dtype,
  }))
  const graph = {
    nodes: [...buffers, { ...node, inputs: slots }],
    inputs: slots,
    outputs: [inputs.length],
    replaces: [undefined],
  }
  const value = evaluate(
    graph,
    inputs.map(({ numbers }) => numbers),
  )[inputs.length]!
  const raw = errorOf(node, value.numbers, inputs)
  const exact = inputs.every(input => input.error.every(e => e === 0))
  const finite = inputs.every(({ numbers }) => numbers.every(Number.isFinite))
  const safe = value.numbers.every((r, i) => {
    if (Number.isFinite(r)) return raw[i] === 0 || (raw[i]! <= largest && Math.abs(r) < largest)
    return raw[i] !== unbounded && (exact || !finite)
  })
  const error = raw.map((e, i) => (Number.isFinite(value.numbers[i]!) ? e : 0))
  return safe ? { ...value, error } : undefined
}

/** Given numbers, which every backend reads alike. */
export const exactly = (value: Value): Bounded => ({ ...value, error: new Float64Array(value.numbers.length) })
