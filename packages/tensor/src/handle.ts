import type { Backend } from './backends/backend.ts'
import { toNumbers } from './backends/reference/floats.ts'
import { type DType, isFloat, type TypedArray } from './dtype.ts'
import { ArgumentError, DTypeError, printed, ShapeError } from './errors.ts'
import * as build from './graph/build.ts'
import type { Node } from './graph/node.ts'
import { readBytes, retire, start } from './runtime/realize.ts'
import { release } from './runtime/storage.ts'
import { readNode, traceAssign } from './runtime/trace.ts'
import { sameShape, type Shape, show, sizeOf } from './shape.ts'

/** Numbers nested to the rank of a tensor. */
export type Nested = number | boolean | readonly Nested[]

let counts = true

/**
 * @internal Runs `body`, none of whose new tensors is held once it returns, but for what it assigns: they do not count
 * as handles, so that what only they were built on may be overwritten in place.
 */
export function passing<Result>(body: () => Result): Result {
  const before = counts
  counts = false
  try {
    return body()
  } finally {
    counts = before
  }
}

/** What every tensor is below its operations: a name for a node of the graph, readable and assignable. */
export class Handle {
  #node: Node
  /** The value that an assignment not yet computed replaces. */
  #replaced: Node | undefined
  /** Earlier values that graphs made before an assignment may still need. */
  #retired: Node[] | undefined

  /** @internal Made by operations. */
  constructor(node: Node) {
    this.#node = node
    if (counts) node.handles++
  }

  /** @internal What this tensor means now. */
  get node(): Node {
    return readNode(this, this.#node)
  }
  /** Sizes of the axes, outermost first. */
  get shape(): Shape {
    return this.#node.shape
  }
  /** What its elements are. */
  get dtype(): DType {
    return this.#node.dtype
  }
  /** Number of axes (`ndim`). */
  get rank(): number {
    return this.#node.shape.length
  }
  /** Number of elements, the product of the shape (`numel`). */
  get size(): number {
    return sizeOf(this.#node.shape)
  }
  /** Where it lives; undefined while any device will do. */
  get device(): Backend | undefined {
    return this.#node.device
  }

  /**
   * All elements in row-major order, `size` of them; f16 and bf16 as f32, bool as 0 and 1.
   *
   * @throws ArgumentError while `compile` traces, of a disposed tensor, or for an index out of range in what is computed;
   * OutOfMemoryError
   */
  async data(): Promise<TypedArray> {
    return toNumbers(await readBytes(this), this.dtype)
  }

  /**
   * The value of a tensor of one element, of any rank.
   *
   * @throws ShapeError for any other number of elements; otherwise as `data`
   */
  async item(): Promise<number> {
    if (this.size !== 1)
      throw new ShapeError('item', `a tensor of one element is needed, got ${show(this.shape)}`, [this.shape])
    return (await this.data())[0]!
  }

  /**
   * Nested arrays of numbers (booleans for bool), one level an axis; a number for a scalar (`tolist`).
   *
   * @throws as `data`
   */
  async toArray(): Promise<Nested> {
    const { shape, rank } = this
    const flat = await this.data()
    const value = this.dtype === 'bool' ? (at: number) => flat[at] === 1 : (at: number) => flat[at]!
    const nest = (axis: number, at: number, span: number): Nested => {
      if (axis === rank) return value(at)
      const inner = span / Math.max(1, shape[axis]!)
      return Array.from({ length: shape[axis]! }, (_, i) => nest(axis + 1, at + i * inner, inner))
    }
    return nest(0, 0, flat.length)
  }

  /**
   * Starts computing without waiting.
   *
   * @throws ArgumentError while `compile` traces or where a disposed tensor is needed; OutOfMemoryError
   */
  start(): this {
    start([this])
    return this
  }

  /**
   * Sets what this tensor means from now on; graphs built before keep the old value.
   *
   * @throws ShapeError, DTypeError unless shape and dtype are equal; ArgumentError for what is no tensor
   */
  assign(value: Handle): this {
    if (!(value instanceof Handle)) throw new ArgumentError('assign', `the value is a tensor, got ${printed(value)}`)
    if (!sameShape(value.shape, this.shape))
      throw new ShapeError('assign', `the tensor is ${show(this.shape)}, the value is ${show(value.shape)}`, [
        this.shape,
        value.shape,
      ])
    if (value.dtype !== this.dtype)
      throw new DTypeError(
        'assign',
        `the tensor is ${this.dtype}, the value is ${value.dtype}; convert it with .to('${this.dtype}')`,
      )
    // A node of its own: the bytes of an assigned value belong to one tensor, which may later be overwritten in place.
    const node = build.unary('detach', value.node)
    if (traceAssign(this, node)) return this
    this.#replaced ??= this.#node
    this.adopt(node)
    return this
  }

  /** @internal Means another node from now on. */
  adopt(node: Node): void {
    node.handles++
    this.#node = node
  }

  /** @internal The value before an assignment that is not computed yet. */
  get replaced(): Node | undefined {
    return this.#replaced
  }

  /**
   * @internal After its program ran, an assigned value becomes a plain source. The value before, if it still has bytes,
   * may go in time if it `isSpare`: all that was built on it ran in that program.
   */
  settle(isSpare: boolean): void {
    const replaced = this.#replaced
    if (replaced === undefined) return
    this.#node.inputs = []
    if (isSpare && replaced.storage!.gone === undefined) retire((this.#retired ??= []), replaced)
    this.#replaced = undefined
  }

  /** Frees the memory now instead of when the tensor is collected; reading it afterwards is an error. */
  dispose(): void {
    if (this.#node.storage !== undefined) release(this.#node.storage, 'this tensor was disposed')
  }

  /** `using x = …` disposes at the end of the block. */
  [Symbol.dispose](): void {
    this.dispose()
  }
}

/** The dtype in which real functions of a dtype are computed: itself if real, else f32. */
export const realOf = (dtype: DType): DType => (isFloat(dtype) ? dtype : 'f32')
