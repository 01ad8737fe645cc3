import { checkDType, type DType, dtypes, isFloat, promote } from '../dtype.ts'
import { ArgumentError, DTypeError, printed } from '../errors.ts'
import * as build from '../graph/build.ts'
import { customGradient } from '../graph/customGradient.ts'
import type { Node } from '../graph/node.ts'
import type { Binary, Unary } from '../graph/primitives.ts'
import { realOf } from '../handle.ts'
import { broadcastShapes, sameShape, type Shape } from '../shape.ts'
import { Tensor } from '../tensor.ts'

/** A tensor, or a number that takes the dtype of the other operand where it can. */
export type Operand = Tensor | number | boolean

/** The dtype of an operand beside tensors of dtype `like`: numbers do not widen a dtype, but 0.5 makes an integer f32. */
function dtypeBeside(operation: string, x: Operand, like: DType): DType {
  if (x instanceof Tensor) return x.dtype
  if (typeof x !== 'number' && typeof x !== 'boolean')
    throw new ArgumentError(operation, `a tensor or a number is needed, got ${printed(x)}`)
  if (typeof x === 'boolean' || isFloat(like)) return like
  if (!Number.isInteger(x)) return 'f32'
  return like === 'bool' ? 'i32' : like
}

/** A view of a node in a larger shape to which it broadcasts. */
export function broadcast(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x
  const aligned = [...new Array<number>(shape.length - x.shape.length).fill(1), ...x.shape]
  return build.expand(build.reshape(x, aligned), shape)
}

/** Brings two operands to one shape and dtype. */
function meet(operation: string, a: Operand, b: Operand): [Node, Node] {
  const x = a instanceof Tensor ? a.node : undefined
  const y = b instanceof Tensor ? b.node : undefined
  const one = x ?? y
  const both = x !== undefined && y !== undefined
  const like = both ? promote(x.dtype, y.dtype) : (one?.dtype ?? 'f32')
  const dtype = promote(dtypeBeside(operation, a, like), dtypeBeside(operation, b, like))
  const apart = both && !sameShape(x.shape, y.shape)
  const shape = apart ? broadcastShapes(operation, [x.shape, y.shape]) : (one?.shape ?? [])
  return [
    x === undefined ? build.constant(Number(a), dtype, shape) : broadcast(build.cast(x, dtype), shape),
    y === undefined ? build.constant(Number(b), dtype, shape) : broadcast(build.cast(y, dtype), shape),
  ]
}

export function cast(x: Tensor, dtype: DType): Tensor {
  checkDType('to', dtype)
  return new Tensor(build.cast(x.node, dtype))
}

export function bitcast(x: Tensor, dtype: DType): Tensor {
  checkDType('bitcast', dtype)
  if (dtypes[dtype].bytes !== dtypes[x.dtype].bytes)
    throw new DTypeError('bitcast', `${x.dtype} and ${dtype} differ in size`)
  return new Tensor(build.bitcast(x.node, dtype))
}

/** Applies an elementwise primitive; bool counts as i32. */
export const unary = (op: Unary, x: Tensor): Tensor =>
  new Tensor(
    build.unary(op, x.dtype === 'bool' && op !== 'not' && op !== 'detach' ? build.cast(x.node, 'i32') : x.node),
  )

/** Applies a real function; integers are taken as f32. */
export const real = (op: Unary, x: Tensor): Tensor => new Tensor(build.unary(op, build.cast(x.node, realOf(x.dtype))))

/** Operations of numbers, for which bool counts as i32. */
const arithmetic: ReadonlySet<Binary> = new Set<Binary>(['add', 'sub', 'mul', 'div', 'mod', 'pow'])

export function binary(op: Binary, a: Operand, b: Operand): Tensor {
  const [x, y] = meet(op, a, b)
  if (x.dtype === 'bool' && arithmetic.has(op))
    return new Tensor(build.binary(op, build.cast(x, 'i32'), build.cast(y, 'i32')))
  return new Tensor(build.binary(op, x, y))
}

/** Operations on bits, which real numbers have none of. */
export function bits(op: Binary, a: Operand, b: Operand): Tensor {
  const [x, y] = meet(op, a, b)
  if (isFloat(x.dtype)) throw new DTypeError(op, `an integer or bool tensor is needed, got ${x.dtype}`)
  return new Tensor(build.binary(op, x, y))
}

export function divide(a: Operand, b: Operand): Tensor {
  const [x, y] = meet('div', a, b)
  const dtype = realOf(x.dtype)
  return new Tensor(build.binary('div', build.cast(x, dtype), build.cast(y, dtype)))
}

/** ⌊a / b⌋; of integers (a − a mod b) / b, which is exact. */
export function floorDivide(a: Operand, b: Operand): Tensor {
  const [x, y] = meet('floorDivide', a, b)
  if (isFloat(x.dtype)) return new Tensor(build.unary('floor', build.binary('div', x, y)))
  return new Tensor(build.binary('div', build.binary('sub', x, build.binary('mod', x, y)), y))
}

/** Small whole exponents become products, which are faster and exact. */
export function power(x: Tensor, exponent: Operand): Tensor {
  if (exponent === 2) return x.mul(x)
  if (exponent === 1) return x.mul(1)
  if (exponent === 0.5 && isFloat(x.dtype)) return x.sqrt()
  return binary('pow', x, exponent)
}

/**
 * condition ? a : b, elementwise (`torch.where`); the three shapes broadcast to that of the result, a and b meet in dtype
 * by promotion.
 *
 * @param condition bool [...]
 * @throws DTypeError unless the condition is bool; ShapeError unless the shapes broadcast
 * @example
 * const x = tensor([-1, 2])
 * where(x.gt(0), x, 0)   // [0, 2]
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  if (!(condition instanceof Tensor))
    throw new ArgumentError('where', `the condition is a tensor, got ${printed(condition)}`)
  if (condition.dtype !== 'bool') throw new DTypeError('where', `the condition is bool, got ${condition.dtype}`)
  const [x, y] = meet('where', a, b)
  const shape = broadcastShapes('where', [condition.shape, x.shape])
  return new Tensor(build.where(broadcast(condition.node, shape), broadcast(x, shape), broadcast(y, shape)))
}

export function clamp(x: Tensor, low?: Operand, high?: Operand): Tensor {
  if (low === undefined && high === undefined) throw new ArgumentError('clamp', 'a lower or an upper limit is needed')
  // At a limit the gradient is that of x, as in PyTorch; maximum and minimum would halve it.
  const above = low === undefined ? x : where(x.lt(low), low, x)
  return high === undefined ? above : where(above.gt(high), high, above)
}

export const reciprocal = (x: Tensor): Tensor => divide(1, x)
export const isFinite = (x: Tensor): Tensor => x.abs().lt(Infinity)
export const logicalNot = (x: Tensor): Tensor => unary('not', x.to('bool'))

/** log(1 + x), exact for small x: x · log(u) / (u − 1) with u = 1 + x rounded (Kahan); its gradient is g / (1 + x). */
export function log1p(x: Tensor): Tensor {
  const u = x.add(1)
  const exact = u.log().mul(x.div(u.sub(1)))
  return customGradient([x], where(u.eq(1), x, where(u.eq(Infinity), Infinity, exact)), g => [g.div(x.add(1))])
}

/** y = exp(x) − 1, exact for small x: (u − 1) · x / log(u) with u = exp(x) rounded (Kahan); its gradient is g · (y + 1). */
export function expm1(x: Tensor): Tensor {
  const u = x.exp()
  const near = u.sub(1).mul(x.div(u.log()))
  return customGradient([x], where(u.eq(1), x, where(x.abs().lt(1), near, u.sub(1))), (g, y) => [g.mul(y.add(1))])
}
