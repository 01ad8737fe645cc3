/**
 * Base of every error that WIDS throws on purpose: `name` is the class, `message` one sentence that says what to do.
 *
 * @example
 * try { zeros([2]).add(zeros([3])) }
 * catch (error) { if (!(error instanceof WidsError)) throw error }
 */
export class WidsError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** A value that is not what it should be, as messages print it. */
export function printed(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return `an object (${value.constructor.name})`
  if (typeof value === 'function') return 'a function'
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

/** An operation refuses what it was given; the message starts with its name. */
export abstract class OperationError extends WidsError {
  /** The function or method that refused. */
  readonly operation: string
  constructor(operation: string, problem: string, options?: ErrorOptions) {
    super(`${operation}: ${problem}`, options)
    this.operation = operation
  }

  /** @internal The same problem, as that of the operation that called this one. */
  of(operation: string): this {
    if (operation === this.operation) return this
    const message = operation + this.message.slice(this.operation.length)
    const stack = this.stack?.replace(this.message, () => message) // in V8 it repeats the message
    return Object.assign(this, { operation, message, stack })
  }
}

/**
 * Shapes do not fit an operation.
 *
 * @example
 * try { zeros([2]).add(zeros([3])) }
 * catch (error) { if (error instanceof ShapeError) error.shapes }   // [[2], [3]]
 */
export class ShapeError extends OperationError {
  /** The shapes that it was given; empty where none tells more. */
  readonly shapes: readonly (readonly number[])[]
  constructor(operation: string, problem: string, shapes: readonly (readonly number[])[] = []) {
    super(operation, problem)
    this.shapes = shapes
  }
}

/**
 * A dtype does not fit an operation or a device.
 *
 * @example
 * try { zeros([2]).and(1) }   // real numbers have no bits to combine
 * catch (error) { if (error instanceof DTypeError) error.operation }   // 'and'
 */
export class DTypeError extends OperationError {}

/**
 * Tensors of different devices meet, or a device cannot do what is asked.
 *
 * @example
 * const there = await zeros([2]).toDevice('reference')
 * const here = await zeros([2]).toDevice('wasm')
 * try { there.add(here) }
 * catch (error) { if (!(error instanceof DeviceError)) throw error }
 */
export class DeviceError extends OperationError {}

/**
 * A device has no room left; the process stays usable.
 *
 * @example
 * try { await randn([2 ** 20, 2 ** 20]).data() }
 * catch (error) { if (error instanceof OutOfMemoryError) error.needed }   // bytes
 */
export class OutOfMemoryError extends WidsError {
  /** Bytes that were asked for. */
  readonly needed: number
  /** Bytes that the device could still give. */
  readonly available: number
  constructor(needed: number, available: number) {
    super(
      `out of memory: ${needed} bytes are needed, ${available} are available; use smaller batches or drop tensors you no longer need`,
    )
    this.needed = needed
    this.available = available
  }
}

/**
 * An argument is not one of the values an operation accepts.
 *
 * @example
 * try { zeros([2]).sum(1) }   // there is no axis 1
 * catch (error) { if (error instanceof ArgumentError) error.operation }   // 'sum'
 */
export class ArgumentError extends OperationError {}
