import type { Backend } from '../backends/backend.ts'
import type { DType } from '../dtype.ts'
import { DTypeError, DeviceError, ShapeError } from '../errors.ts'
import { type Shape, sameShape, show, sizeOf } from '../shape.ts'
import type { Node } from './node.ts'
import type { Attributes, Binary, Primitive, Reduction, Unary } from './primitives.ts'

let lastId = 0
/** Nodes made from now on have a larger id than this. */
export const latestId = (): number => lastId

function deviceOf(operation: string, inputs: readonly Node[]): Backend | undefined {
  let device: Backend | undefined
  for (const { device: other } of inputs) {
    if (other === undefined || other === device) continue
    if (device !== undefined)
      throw new DeviceError(
        operation,
        `tensors are on different devices, ${device.name} and ${other.name}; move one with .toDevice('${device.name}')`,
      )
    device = other
  }
  return device
}

/** Makes a node without looking at it: the builders below are what checks. */
export function makeNode<Op extends Primitive>(
  op: Op,
  inputs: readonly Node[],
  attributes: Attributes[Op],
  shape: Shape,
  dtype: DType,
  device = deviceOf(op, inputs),
): Node<Op> {
  for (const input of inputs) input.uses++
  return {
    id: ++lastId,
    op,
    inputs,
    attributes,
    shape,
    dtype,
    device,
    gradient: undefined,
    companion: undefined,
    storage: undefined,
    uses: 0,
    handles: 0,
    generation: 0,
    walk: 0,
    position: 0,
  }
}

const none = {}
function fail(operation: string, problem: string, ...nodes: Node[]): never {
  throw new ShapeError(
    operation,
    problem,
    nodes.map(n => n.shape),
  )
}
export const need = (ok: boolean, operation: string, problem: () => string, ...nodes: Node[]): void => {
  if (!ok) fail(operation, problem(), ...nodes)
}

export const constant = (value: number, dtype: DType, shape: Shape = []): Node =>
  makeNode('constant', [], { value, shape }, shape, dtype)
export const iota = (size: number): Node => makeNode('iota', [], { size }, [size], 'i32')
export const randomBits = (key: Node, shape: Shape): Node => makeNode('randomBits', [key], { shape }, shape, 'u32')

export const unary = (op: Unary, x: Node): Node => makeNode(op, [x], none, x.shape, x.dtype)

const comparisons: ReadonlySet<Binary> = new Set<Binary>(['less', 'lessEqual', 'equal', 'notEqual'])

/** Both inputs have one shape and dtype already; comparisons give bool. */
export function binary(op: Binary, a: Node, b: Node): Node {
  if (!sameShape(a.shape, b.shape)) fail(op, `shapes differ, got ${show(a.shape)} and ${show(b.shape)}`, a, b)
  if (a.dtype !== b.dtype) throw new DTypeError(op, `dtypes differ, got ${a.dtype} and ${b.dtype}`)
  return makeNode(op, [a, b], none, a.shape, comparisons.has(op) ? 'bool' : a.dtype)
}

export function where(condition: Node, a: Node, b: Node): Node {
  need(
    sameShape(a.shape, b.shape) && sameShape(condition.shape, a.shape),
    'where',
    () => `shapes differ, got ${show(condition.shape)}, ${show(a.shape)} and ${show(b.shape)}`,
    condition,
    a,
    b,
  )
  return makeNode('where', [condition, a, b], none, a.shape, a.dtype)
}

export const cast = (x: Node, dtype: DType): Node =>
  x.dtype === dtype ? x : makeNode('cast', [x], { dtype }, x.shape, dtype)
export const bitcast = (x: Node, dtype: DType): Node =>
  x.dtype === dtype ? x : makeNode('bitcast', [x], { dtype }, x.shape, dtype)

export function reduction(op: Reduction, x: Node, allAxes: readonly number[]): Node {
  const axes = allAxes.filter(axis => x.shape[axis] !== 1)
  if (axes.length === 0) return x
  return makeNode(
    op,
    [x],
    { axes },
    x.shape.map((n, i) => (axes.includes(i) ? 1 : n)),
    x.dtype,
  )
}

export const argmax = (x: Node, axis: number): Node => {
  need(x.shape[axis]! > 0, 'argmax', () => `axis ${axis} of ${show(x.shape)} is empty`, x)
  if (x.shape[axis] === 1) return constant(0, 'i32', x.shape)
  return makeNode('argmax', [x], { axis }, x.shape.with(axis, 1), 'i32')
}
export const cumsum = (x: Node, axis: number): Node => makeNode('cumsum', [x], { axis }, x.shape, x.dtype)
export const argsort = (x: Node, axis: number, descending: boolean): Node =>
  makeNode('argsort', [x], { axis, descending }, x.shape, 'i32')

export function reshape(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x
  need(
    sizeOf(x.shape) === sizeOf(shape),
    'reshape',
    () => `${show(x.shape)} has ${sizeOf(x.shape)} elements, ${show(shape)} has ${sizeOf(shape)}`,
    x,
  )
  const source = x.op === 'reshape' && x.storage === undefined ? x.inputs[0]! : x
  return sameShape(source.shape, shape) ? source : makeNode('reshape', [source], { shape }, shape, x.dtype)
}

export function permute(x: Node, axes: readonly number[]): Node {
  if (axes.every((axis, i) => axis === i)) return x
  return makeNode(
    'permute',
    [x],
    { axes },
    axes.map(axis => x.shape[axis]!),
    x.dtype,
  )
}

export function expand(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x
  need(
    x.shape.length === shape.length && x.shape.every((n, i) => n === shape[i] || n === 1),
    'expand',
    () => `${show(x.shape)} does not expand to ${show(shape)}`,
    x,
  )
  return makeNode('expand', [x], { shape }, shape, x.dtype)
}

export function pad(x: Node, before: readonly number[], after: readonly number[], value: number): Node {
  if (before.every(n => n === 0) && after.every(n => n === 0)) return x
  return makeNode(
    'pad',
    [x],
    { before, after, value },
    x.shape.map((n, i) => n + before[i]! + after[i]!),
    x.dtype,
  )
}

export function slice(x: Node, start: readonly number[], stop: readonly number[], step: readonly number[]): Node {
  if (x.shape.every((n, i) => start[i] === 0 && stop[i] === n && step[i] === 1)) return x
  return makeNode(
    'slice',
    [x],
    { start, stop, step },
    start.map((from, i) => Math.max(0, Math.ceil((stop[i]! - from) / step[i]!))),
    x.dtype,
  )
}

export const flip = (x: Node, axes: readonly number[]): Node =>
  axes.length === 0 ? x : makeNode('flip', [x], { axes }, x.shape, x.dtype)

export function window(x: Node, attributes: Attributes['window']): Node {
  const { axis, size, stride, dilation } = attributes
  const count = Math.floor((x.shape[axis]! - (size - 1) * dilation - 1) / stride) + 1
  need(count > 0, 'window', () => `${size} elements ${dilation} apart do not fit axis ${axis} of ${show(x.shape)}`, x)
  return makeNode('window', [x], attributes, [...x.shape.with(axis, count), size], x.dtype)
}

/** Of one dtype, and of equal shapes but along the axis. */
export function concat(nodes: readonly Node[], axis: number): Node {
  const [first, ...others] = nodes.filter(node => node.shape[axis] !== 0)
  if (first === undefined || others.length === 0) return first ?? nodes[0]!
  for (const { shape } of others)
    if (shape.length !== first.shape.length || shape.some((n, i) => i !== axis && n !== first.shape[i]))
      fail('concat', `shapes differ outside of axis ${axis}, got ${show(first.shape)} and ${show(shape)}`, first)
  const size = others.reduce((sum, { shape }) => sum + shape[axis]!, first.shape[axis]!)
  return makeNode('concat', [first, ...others], { axis }, first.shape.with(axis, size), first.dtype)
}

export function matmul(a: Node, b: Node): Node {
  const [m, k] = a.shape.slice(-2)
  const [inner, n] = b.shape.slice(-2)
  need(
    k === inner && sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2)),
    'matmul',
    () => `inner sizes differ, got ${show(a.shape)} and ${show(b.shape)}`,
    a,
    b,
  )
  if (a.dtype !== b.dtype) throw new DTypeError('matmul', `dtypes differ, got ${a.dtype} and ${b.dtype}`)
  return makeNode('matmul', [a, b], none, [...a.shape.slice(0, -2), m!, n!], a.dtype)
}

export function gather(x: Node, index: Node, axis: number): Node {
  need(
    x.shape.length === index.shape.length && x.shape.every((n, i) => i === axis || n === index.shape[i]),
    'gather',
    () => `${show(x.shape)} and the index ${show(index.shape)} differ outside of axis ${axis}`,
    x,
    index,
  )
  if (index.dtype !== 'i32') throw new DTypeError('gather', `the index is i32, got ${index.dtype}`)
  return makeNode('gather', [x, index], { axis }, index.shape, x.dtype)
}

export function scatterAdd(base: Node, index: Node, source: Node, axis: number): Node {
  need(
    sameShape(index.shape, source.shape) &&
      base.shape.length === index.shape.length &&
      base.shape.every((n, i) => i === axis || n === index.shape[i]),
    'scatterAdd',
    () =>
      `base ${show(base.shape)}, index ${show(index.shape)} and source ${show(source.shape)} do not fit along axis ${axis}`,
    base,
    index,
    source,
  )
  if (index.dtype !== 'i32') throw new DTypeError('scatterAdd', `the index is i32, got ${index.dtype}`)
  if (base.dtype !== source.dtype)
    throw new DTypeError('scatterAdd', `dtypes differ, got ${base.dtype} and ${source.dtype}`)
  return makeNode('scatterAdd', [base, index, source], { axis }, base.shape, base.dtype)
}

export function sliceScatter(base: Node, source: Node, start: Node, axis: number): Node {
  need(
    base.shape.length === source.shape.length && base.shape.every((n, i) => i === axis || n === source.shape[i]),
    'sliceScatter',
    () => `${show(base.shape)} and the source ${show(source.shape)} differ outside of axis ${axis}`,
    base,
    source,
  )
  need(start.shape.length === 0, 'sliceScatter', () => `the start is one number, got ${show(start.shape)}`, start)
  if (start.dtype !== 'i32') throw new DTypeError('sliceScatter', `the start is i32, got ${start.dtype}`)
  if (base.dtype !== source.dtype)
    throw new DTypeError('sliceScatter', `dtypes differ, got ${base.dtype} and ${source.dtype}`)
  return makeNode('sliceScatter', [base, source, start], { axis }, base.shape, base.dtype)
}
