import { type DType } from '../src/dtype.ts'
import * as build from '../src/graph/build.ts'
import * as buildAttention from '../src/graph/buildAttention.ts'
import type { Node } from '../src/graph/node.ts'
import { type Binary, binaries, type Reduction, reductions, unaries } from '../src/graph/primitives.ts'
import { broadcastShapes, type Shape, sizeOf } from '../src/shape.ts'

/** Numbers that choose an operation and its operands; any numbers are a valid choice, so that shrinking them is simple. */
export interface Step {
  readonly kind: number
  readonly which: number
  readonly a: number
  readonly b: number
  readonly c: number
}

/** A node made so far, 0 for the latest, of those that fit. */
export type Pick = (number: number, accept?: (node: Node) => boolean) => Node | undefined

export const shapes: readonly Shape[] = [
  [],
  [3],
  [2, 3],
  [1],
  [1, 5],
  [4, 1],
  [17],
  [0],
  [2, 3, 4],
  [3, 0],
  [5, 8],
  [1, 7, 1],
  [2, 2, 2, 3],
  [33],
  [6, 16],
  [70],
  [9, 13],
]
export const dtypes: readonly DType[] = ['f32', 'f32', 'f32', 'i32', 'u32', 'bool', 'f16', 'bf16', 'i8']

/** The choice that a number makes from a list. */
export const from = <T>(list: readonly T[], number: number): T => list[number % list.length]!

/** Kernels compute in f32, i32, u32 and bool; the other dtypes are only stored. */
function computed(x: Node): Node {
  if (x.dtype === 'f16' || x.dtype === 'bf16') return build.cast(x, 'f32')
  return x.dtype === 'i8' ? build.cast(x, 'i32') : x
}

const expandTo = (x: Node, shape: Shape): Node => {
  const aligned = [...new Array<number>(shape.length - x.shape.length).fill(1), ...x.shape]
  return build.expand(build.reshape(x, aligned), shape)
}

/** Brings b to the shape of a and both to one shape: broadcast if that fits, else from the first element of b. */
function align(a: Node, b: Node): [Node, Node] {
  try {
    const shape = broadcastShapes('align', [a.shape, b.shape])
    return [expandTo(a, shape), expandTo(b, shape)]
  } catch {
    const first =
      sizeOf(b.shape) === 0
        ? build.constant(1, b.dtype)
        : build.slice(build.reshape(b, [sizeOf(b.shape)]), [0], [1], [1])
    return [a, expandTo(build.reshape(first, []), a.shape)]
  }
}

const orderless: ReadonlySet<Binary> = new Set<Binary>(['and', 'or', 'xor', 'shiftLeft', 'shiftRight'])

const convert = (x: Node, { which }: Step): Node => build.cast(x, from(dtypes, which))

function unary(x: Node, { which }: Step): Node {
  if (x.dtype === 'bool') return build.unary('not', x)
  const real = from(
    unaries.filter(op => op !== 'not'),
    which,
  )
  if (x.dtype === 'f32') return build.unary(real, x)
  return build.unary(from(['neg', 'abs', 'sign', 'detach'] as const, which), x)
}

function binary(x: Node, { which, b }: Step, pick: Pick): Node {
  const [left, other] = align(x, computed(pick(b)!))
  const right = build.cast(other, left.dtype)
  const op = from(binaries, which)
  if (left.dtype === 'bool')
    return build.binary(from(['and', 'or', 'xor', 'equal', 'notEqual', 'max', 'min'] as const, which), left, right)
  if (left.dtype === 'f32') return build.binary(orderless.has(op) ? 'add' : op, left, right)
  // A shift by more than the width of a word means nothing.
  const amount =
    op === 'shiftLeft' || op === 'shiftRight'
      ? build.binary('and', right, expandTo(build.constant(31, right.dtype), right.shape))
      : right
  return build.binary(op === 'pow' ? 'mul' : op, left, amount)
}

function where(x: Node, { b, c }: Step, pick: Pick): Node {
  const other = build.cast(computed(pick(b)!), x.dtype)
  const [a, second] = align(x, other)
  const bool = pick(c, node => node.dtype === 'bool')
  if (bool === undefined) return build.where(build.binary('less', a, second), a, second)
  const [left, condition] = align(a, bool)
  return build.where(condition, left, expandTo(align(left, second)[1], left.shape))
}

const axisOf = (x: Node, number: number): number => number % x.shape.length

function reduce(x: Node, { which, a, b }: Step): Node {
  const axes = x.shape.map((_, i) => i).filter(i => ((a >> i) & 1) === 0)
  const op: Reduction = from(reductions, which)
  return build.reduction(
    op,
    x.dtype === 'bool' && op !== 'reduceMax' ? build.cast(x, 'i32') : x,
    axes.length > 0 ? axes : [axisOf(x, b)],
  )
}

/** Windows, slices and the like of an axis; the choices stay within it. */
function view(x: Node, { which, a, b, c }: Step): Node {
  const axis = axisOf(x, a)
  const n = x.shape[axis]!
  const zeros = x.shape.map(() => 0)
  const makers = [
    () =>
      build.permute(
        x,
        x.shape.map((_, i) => (i + 1 + (b % x.shape.length)) % x.shape.length),
      ),
    () => build.reshape(x, [sizeOf(x.shape)]),
    () => build.reshape(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]),
    () => build.expand(build.reshape(x, [1, ...x.shape]), [b % 4, ...x.shape]),
    () => build.pad(x, zeros.with(axis, b % 3), zeros.with(axis, c % 3), from([0, 1, -2], c)),
    () => build.slice(x, zeros.with(axis, b % (n + 1)), [...x.shape], x.shape.map(() => 1).with(axis, 1 + (c % 3))),
    () => build.flip(x, [axis]),
    () => build.window(x, { axis, size: 1 + (b % n), stride: 1 + (c % 3), dilation: 1 }),
    () => build.window(x, { axis, size: 1 + (b % Math.ceil(n / 2)), stride: 1, dilation: 1 + (c % 2) }),
  ]
  return from(n === 0 ? makers.slice(0, 5) : makers, which)()
}

/** Makes the inner sizes of two matrices agree by cutting or padding the second. */
function matmul(x: Node, { b, which }: Step, pick: Pick): Node {
  const matrices = (node: Node): boolean => node.dtype === 'f32' && node.shape.length >= 2
  const first = pick(which, matrices) ?? build.reshape(build.cast(x, 'f32'), [1, sizeOf(x.shape)])
  const other = pick(b, matrices) ?? first
  const flat = build.reshape(other, [sizeOf(other.shape.slice(0, -1)), other.shape.at(-1)!])
  const k = first.shape.at(-1)!
  const rows = flat.shape[0]!
  const fitted =
    rows >= k ? build.slice(flat, [0, 0], [k, flat.shape[1]!], [1, 1]) : build.pad(flat, [0, 0], [k - rows, 0], 1)
  return build.matmul(first, expandTo(fitted, [...first.shape.slice(0, -2), k, flat.shape[1]!]))
}

/** Attention of a matrix to itself or its first half, or what its gradient needs of it; scores stay small. */
function attend(x: Node, { which, a, b, c }: Step): Node {
  const matrix = build.unary('tanh', build.cast(x, 'f32'))
  const turned = matrix.shape.length === 2 && a % 3 === 0 ? build.permute(matrix, [1, 0]) : matrix
  const columns = turned.shape.at(-1) ?? 1
  const count = columns === 0 ? 0 : sizeOf(turned.shape) / columns
  if (count === 0 || count > 100) return x
  const heads = count % 2 === 0 ? 2 : 1
  const query = build.reshape(turned, [heads, count / heads, columns])
  const shared = build.slice(query, [0, 0, 0], [1, count / heads, columns], [1, 1, 1])
  const key = b % 2 === 0 ? query : shared
  const scores = [heads, count / heads, count / heads]
  const bias = c % 3 === 0 ? [expandTo(build.constant(0.5, 'f32'), scores)] : []
  const attributes = { scale: 0.5, causal: a % 2 === 0 }
  const shifted = b % 3 === 0
  const inputs = [query, key, key, ...bias, ...(shifted ? [build.constant((c % 5) - 1, 'i32')] : [])]
  if (which % 4 === 0) return buildAttention.attention(inputs, { ...attributes, shifted, part: 'output' })
  const offsets = buildAttention.attention(inputs, { ...attributes, shifted, part: 'logSumExp' })
  if (which % 4 === 1) return offsets
  const given = [query, key, key, query, offsets, offsets, ...bias]
  return buildAttention.attentionGradient(given, { ...attributes, part: from(['query', 'key', 'value'] as const, b) })
}

/** Indices within an axis of n, of the shape of x along it. */
function indicesFor(shape: Shape, n: number, seed: number): Node {
  const count = sizeOf(shape)
  const numbers = build.binary(
    'add',
    build.binary('mul', build.iota(count), expandTo(build.constant(1 + (seed % 5), 'i32'), [count])),
    expandTo(build.constant(seed % 7, 'i32'), [count]),
  )
  return build.reshape(build.binary('mod', numbers, expandTo(build.constant(n, 'i32'), [count])), shape)
}

function indexed(x: Node, { which, a, b, c }: Step, pick: Pick): Node {
  const axis = axisOf(x, a)
  const n = x.shape[axis]!
  if (which % 4 === 0) return build.argsort(x, axis, b % 2 === 1)
  if (which % 4 === 1) return build.cumsum(x.dtype === 'bool' ? build.cast(x, 'i32') : x, axis)
  const index = indicesFor(x.shape.with(axis, n === 0 ? 0 : b % 6), Math.max(1, n), c)
  if (which % 4 === 2) return build.gather(x, index, axis)
  const source = build.cast(align(build.cast(index, x.dtype), computed(pick(c)!))[1], x.dtype)
  return build.scatterAdd(
    x.dtype === 'bool' ? build.cast(x, 'i32') : x,
    index,
    build.cast(expandable(source, index.shape), x.dtype === 'bool' ? 'i32' : x.dtype),
    axis,
  )
}

/** The source where it has the shape of the index, else ones. */
const expandable = (source: Node, shape: Shape): Node =>
  source.shape.length === shape.length && source.shape.every((size, i) => size === shape[i])
    ? source
    : expandTo(build.constant(1, source.dtype), shape)

/** What row kernels are made for: softmax and normalisation along an axis. */
function rows(x: Node, { which, a }: Step): Node {
  const real = build.cast(x, 'f32')
  const axis = axisOf(x, a)
  const over = (op: Reduction, node: Node): Node => build.expand(build.reduction(op, node, [axis]), real.shape)
  const scalar = (value: number): Node => expandTo(build.constant(value, 'f32'), real.shape)
  if (which % 2 === 0) {
    const e = build.unary('exp', build.binary('sub', real, over('reduceMax', real)))
    return build.binary('div', e, over('sum', e))
  }
  const mean = build.binary('div', over('sum', real), scalar(Math.max(1, x.shape[axis]!)))
  const centred = build.binary('sub', real, mean)
  const variance = build.binary('add', over('sum', build.binary('mul', centred, centred)), scalar(0.5))
  return build.binary('mul', centred, build.unary('rsqrt', variance))
}

function source(_: Node, { which, a, b }: Step, pick: Pick): Node {
  const shape = from(shapes, a)
  if (which % 3 === 0) return build.iota(b % 40)
  if (which % 3 === 1) {
    const value = ((b % 33) - 16) / 4
    return b % 2 === 0 ? build.constant(value, 'f32', shape) : expandTo(build.constant(value, 'f32'), shape)
  }
  const key = pick(b, node => node.dtype === 'u32' && sizeOf(node.shape) >= 2)
  if (key === undefined) return expandTo(build.constant(b % 9, 'u32'), shape)
  const two = build.slice(build.reshape(key, [sizeOf(key.shape)]), [0], [2], [1])
  return build.randomBits(two, shape)
}

function bits(x: Node, { which }: Step): Node {
  if (x.dtype === 'bool') return build.cast(x, 'u32')
  return build.bitcast(
    x,
    from(
      (['i32', 'u32', 'f32'] as const).filter(dtype => dtype !== x.dtype),
      which,
    ),
  )
}

/** Some nodes of the shape of x but along an axis, x among them, maybe more than once. */
function joined(x: Node, { which, a, b, c }: Step, pick: Pick): Node {
  const axis = axisOf(x, a)
  const fits = (node: Node): boolean =>
    node.dtype === x.dtype &&
    node.shape.length === x.shape.length &&
    node.shape.every((n, i) => i === axis || n === x.shape[i])
  const others = [b, c, b + c, which].slice(0, 1 + (c % 4)).map(number => pick(number, fits) ?? x)
  return build.concat([...others, x], axis)
}

function argmax(x: Node, { a }: Step): Node {
  const axis = axisOf(x, a)
  return x.shape[axis] === 0 ? x : build.argmax(x, axis)
}

/** Part of a tensor in the place of another part, or beyond its ends. */
function overwrite(x: Node, { a, b, c }: Step, pick: Pick): Node {
  const axis = axisOf(x, a)
  const shape = x.shape.with(axis, b % 5)
  const zeros = shape.map(() => 0)
  const fits = (node: Node): boolean => node.shape.length === shape.length && node.shape.every((n, i) => n >= shape[i]!)
  const other = build.cast(pick(c, fits) ?? expandTo(build.constant(1, x.dtype), shape), x.dtype)
  const source = build.slice(
    other,
    zeros,
    shape,
    zeros.map(() => 1),
  )
  return build.sliceScatter(x, source, build.constant((c % 9) - 4, 'i32'), axis)
}

type Maker = (x: Node, step: Step, pick: Pick) => Node
const anyShape: readonly Maker[] = [unary, unary, unary, binary, binary, where, convert, matmul, attend, source, bits]
const needAxis: readonly Maker[] = [joined, reduce, view, view, rows, indexed, overwrite, argmax]

/** The node that a step adds to those made so far. */
export function apply(step: Step, pick: Pick): Node {
  const x = computed(pick(step.c % 3 === 0 ? step.a : 0)!)
  const make = from([...anyShape, ...needAxis], step.kind)
  return make(x.shape.length === 0 && needAxis.includes(make) ? build.reshape(x, [1]) : x, step, pick)
}
