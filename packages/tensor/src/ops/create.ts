import { checkTensors } from '../checkTensors.ts'
import type { Backend } from '../backends/backend.ts'
import { fromNumbers } from '../backends/reference/floats.ts'
import { checkDType, type DType, dtypes, isFloat, type TypedArray } from '../dtype.ts'
import { ArgumentError, DTypeError, printed, ShapeError } from '../errors.ts'
import * as build from '../graph/build.ts'
import type { Nested } from '../handle.ts'
import { naming } from '../naming.ts'
import { device, type DeviceName } from '../runtime/device.ts'
import { leaf, readBytes } from '../runtime/realize.ts'
import { hostStorage } from '../runtime/storage.ts'
import { checkShape, type Shape, show, sizeOf } from '../shape.ts'
import { Tensor } from '../tensor.ts'

const ofArray = new Map<unknown, DType>([
  [Float64Array, 'f32'],
  [Float32Array, 'f32'],
  [Int32Array, 'i32'],
  [Uint32Array, 'u32'],
  [Int8Array, 'i8'],
  [Uint8Array, 'i32'],
  [Uint16Array, 'i32'],
])

/** The dtype that a typed array becomes unless another is asked for. */
export function dtypeOfArray(array: TypedArray): DType {
  const dtype = ofArray.get(array.constructor)
  if (dtype === undefined)
    throw new DTypeError(
      'tensor',
      `${array.constructor.name} has no dtype; use Float32Array, Int32Array, Uint32Array, Int8Array, or another array with { dtype }`,
    )
  return dtype
}

/** Numbers in the stored form of the dtype that they become: the array's own bytes if they have that form. */
export function arrayBytes(array: TypedArray): Uint8Array {
  const dtype = dtypeOfArray(array)
  return array instanceof dtypes[dtype].array
    ? new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    : fromNumbers(array, dtype)
}

/**
 * A realized tensor of bytes in the stored form of a dtype, row-major and not copied.
 *
 * @throws DTypeError if the device lacks the dtype
 */
export function fromBytes(bytes: Uint8Array, shape: Shape, dtype: DType, backend: Backend = device()): Tensor {
  if (!backend.supports(dtype))
    throw new DTypeError(
      'tensor',
      `device '${backend.name}' has no ${dtype}${dtype === 'f64' ? "; call setDevice('reference') first" : ''}`,
    )
  return new Tensor(leaf(hostStorage(backend, bytes), { shape, dtype }))
}

/** Copies a tensor's bytes to another device. */
export async function toDevice(x: Tensor, name: DeviceName): Promise<Tensor> {
  const to = naming('toDevice', () => device(name))
  return fromBytes(await readBytes(x), x.shape, x.dtype, to)
}

/** The shape of nested arrays; every part of an axis has one length. */
function shapeOf(values: Nested): number[] {
  if (!Array.isArray(values)) return []
  const inner = values.map(shapeOf)
  const [first = []] = inner
  if (inner.some(s => s.length !== first.length || s.some((n, i) => n !== first[i])))
    throw new ShapeError('tensor', 'nested arrays have different lengths', inner)
  return [values.length, ...first]
}

function flattened(values: Nested): (number | boolean)[] {
  if (Array.isArray(values)) return (values as readonly Nested[]).flatMap(flattened)
  if (typeof values === 'number' || typeof values === 'boolean') return [values]
  throw new ArgumentError('tensor', `values are numbers or booleans, got ${printed(values)}`)
}

/** bool for booleans, else f32, as most tensors here are real (PyTorch infers int64 from whole numbers). */
const inferred = (flat: readonly (number | boolean)[]): DType =>
  flat.length > 0 && flat.every(v => typeof v === 'boolean') ? 'bool' : 'f32'

/**
 * A tensor of given values: a number, nested arrays, or a typed array (copied), in their own shape or a given one
 * (`torch.tensor`, but whole numbers become f32). Booleans become bool, typed arrays their own dtype or the nearest.
 *
 * @throws ShapeError if arrays are ragged or the shape has another number of elements; ArgumentError for values that are
 * neither numbers nor booleans; DTypeError for a dtype that does not exist or that the device lacks
 * @example
 * tensor([[1, 2], [3, 4]])                                   // f32 [2, 2]
 * tensor(new Int32Array([1, 2, 3, 4]), { shape: [2, 2] })    // i32 [2, 2]
 */
export function tensor(
  values: Nested | TypedArray,
  options: { readonly shape?: Shape; readonly dtype?: DType } = {},
): Tensor {
  const typed = ArrayBuffer.isView(values)
  const flat: ArrayLike<number | boolean> = typed ? values : flattened(values)
  const shape = options.shape ?? (typed ? [values.length] : shapeOf(values))
  checkShape('tensor', shape)
  if (flat.length !== sizeOf(shape))
    throw new ShapeError('tensor', `${flat.length} values do not fill shape ${show(shape)}`, [shape])
  const dtype = options.dtype ?? (typed ? dtypeOfArray(values) : inferred(Array.from(flat)))
  checkDType('tensor', dtype)
  return fromBytes(fromNumbers(flat, dtype), shape, dtype)
}

/**
 * One value everywhere in a shape (`torch.full`).
 *
 * @throws ShapeError unless the sizes are non-negative integers; ArgumentError for a value that is no number; DTypeError
 * for a dtype that does not exist
 * @example
 * full([2, 2], 7, 'i32')   // [[7, 7], [7, 7]]
 */
export function full(shape: Shape, value: number, dtype: DType = 'f32'): Tensor {
  checkShape('full', shape)
  checkDType('full', dtype)
  if (typeof value !== 'number' && typeof value !== 'boolean')
    throw new ArgumentError('full', `the value is a number, got ${printed(value)}`)
  return new Tensor(build.constant(value, dtype, shape))
}
/**
 * 0 everywhere in a shape (`torch.zeros`).
 *
 * @throws as `full`
 * @example
 * zeros([2, 3])   // f32 [2, 3]
 */
export const zeros = (shape: Shape, dtype: DType = 'f32'): Tensor => naming('zeros', () => full(shape, 0, dtype))
/**
 * 1 everywhere in a shape (`torch.ones`).
 *
 * @throws as `full`
 * @example
 * ones([2, 3], 'bool')   // true everywhere
 */
export const ones = (shape: Shape, dtype: DType = 'f32'): Tensor => naming('ones', () => full(shape, 1, dtype))
/**
 * 0 everywhere, in the shape and dtype of x (`torch.zeros_like`).
 *
 * @example
 * zerosLike(arange(3))   // i32 [0, 0, 0]
 */
export const zerosLike = (x: Tensor): Tensor => like('zerosLike', x, 0)
/**
 * 1 everywhere, in the shape and dtype of x (`torch.ones_like`).
 *
 * @example
 * onesLike(arange(3))   // i32 [1, 1, 1]
 */
export const onesLike = (x: Tensor): Tensor => like('onesLike', x, 1)

function like(operation: string, x: Tensor, value: number): Tensor {
  checkTensors(operation, { x })
  return naming(operation, () => full(x.shape, value, x.dtype))
}

/**
 * start, start + step, … without stop; `arange(n)` counts from 0 to n − 1 (`torch.arange`). Whole numbers give i32,
 * others f32, unless a dtype is given.
 *
 * @returns [⌈(stop − start) / step⌉]; empty if stop lies the other way
 * @throws ArgumentError for a step of 0 or a range without an end
 * @example
 * arange(1, 7, 2)   // [1, 3, 5]
 */
export function arange(start: number, stop?: number, step = 1, dtype?: DType): Tensor {
  const [from, to] = stop === undefined ? [0, start] : [start, stop]
  if (step === 0 || ![from, to, step, (to - from) / step].every(Number.isFinite))
    throw new ArgumentError('arange', `no range from ${printed(from)} to ${printed(to)} by ${printed(step)}`)
  if (dtype !== undefined) checkDType('arange', dtype)
  const count = Math.max(0, Math.ceil((to - from) / step))
  const whole = [from, step].every(Number.isInteger)
  const type = dtype ?? (whole ? 'i32' : 'f32')
  const index = new Tensor(build.iota(count))
  const real = isFloat(type) || !whole
  const values = (real ? index.to(type === 'f64' ? 'f64' : 'f32') : index).mul(step).add(from)
  return values.to(type)
}

/**
 * `count` values from start to stop, both included, evenly spaced (`torch.linspace`); counted from the nearer end so that
 * both are exact.
 *
 * @returns [count]
 * @throws ArgumentError unless the count is a non-negative integer
 * @example
 * linspace(0, 1, 5)   // [0, 0.25, 0.5, 0.75, 1]
 */
export function linspace(start: number, stop: number, count: number, dtype: DType = 'f32'): Tensor {
  if (!Number.isInteger(count) || count < 0)
    throw new ArgumentError('linspace', `the count is a non-negative integer, got ${printed(count)}`)
  if (typeof start !== 'number' || typeof stop !== 'number')
    throw new ArgumentError('linspace', `start and stop are numbers, got ${printed(start)} and ${printed(stop)}`)
  checkDType('linspace', dtype)
  const step = count > 1 ? (stop - start) / (count - 1) : 0
  const half = Math.floor((count + 1) / 2)
  const index = new Tensor(build.iota(count))
  const type = isFloat(dtype) ? dtype : 'f32'
  const fromStart = index.to(type).mul(step).add(start)
  const fromStop = index
    .sub(count - 1)
    .to(type)
    .mul(step)
    .add(stop)
  const first = new Tensor(build.where(index.lt(half).node, fromStart.node, fromStop.node))
  return first.to(dtype)
}

/**
 * 1 on the diagonal of [rows, columns], else 0 (`torch.eye`).
 *
 * @throws ShapeError unless rows and columns are non-negative integers; DTypeError for a dtype that does not exist
 * @example
 * eye(2)   // [[1, 0], [0, 1]]
 */
export function eye(rows: number, columns = rows, dtype: DType = 'f32'): Tensor {
  checkShape('eye', [rows, columns])
  checkDType('eye', dtype)
  return arange(rows).unsqueeze(-1).eq(arange(columns)).to(dtype)
}

/**
 * 1 at each index on a new last axis of `classes`, else 0 (`F.one_hot`); only zeros for an index out of range.
 *
 * @param index [...]
 * @returns [..., classes]
 * @throws ShapeError unless `classes` is a non-negative integer
 * @example
 * oneHot(tensor([2, 0]), 3)   // [[0, 0, 1], [1, 0, 0]]
 */
export function oneHot(index: Tensor, classes: number, dtype: DType = 'f32'): Tensor {
  checkTensors('oneHot', { index })
  checkShape('oneHot', [classes])
  return naming('oneHot', () => index.unsqueeze(-1).eq(arange(classes)).to(dtype))
}
