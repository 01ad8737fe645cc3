/** Base of every error that WIDS throws on purpose: `name` is the class, `message` one sentence that says what to do. */
export class WidsError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** Shapes do not fit an operation; `shapes` holds the ones that were given. */
export class ShapeError extends WidsError {
  readonly operation: string
  readonly shapes: readonly (readonly number[])[]
  constructor(operation: string, problem: string, shapes: readonly (readonly number[])[] = []) {
    super(`${operation}: ${problem}`)
    this.operation = operation
    this.shapes = shapes
  }
}

/** A dtype does not fit an operation or a device. */
export class DTypeError extends WidsError {
  readonly operation: string
  constructor(operation: string, problem: string) {
    super(`${operation}: ${problem}`)
    this.operation = operation
  }
}

/** Tensors of different devices meet, or a device cannot do what is asked. */
export class DeviceError extends WidsError {}

/** A device has no room left; the process stays usable. */
export class OutOfMemoryError extends WidsError {
  readonly needed: number
  readonly available: number
  constructor(needed: number, available: number) {
    super(
      `out of memory: ${needed} bytes are needed, ${available} are available; use smaller batches or drop tensors you no longer need`,
    )
    this.needed = needed
    this.available = available
  }
}

/** An argument is not one of the values an operation accepts. */
export class ArgumentError extends WidsError {
  readonly operation: string
  constructor(operation: string, problem: string) {
    super(`${operation}: ${problem}`)
    this.operation = operation
  }
}
