import { ArgumentError, OperationError } from './errors.ts'

/**
 * Runs an operation; an error from within names it, not what it is made of: `stack([])` says 'stack', never 'concat'.
 * Where one operation is made of another, the outer one, which the user called, gives the name.
 *
 * @example
 * const double = (x: Tensor) => naming('double', () => x.mul(2))
 */
export function naming<Result>(operation: string, body: () => Result): Result {
  try {
    return body()
  } catch (error) {
    throw named(operation, error)
  }
}

/** Gives a class the methods of other classes, or its own, each run as an operation of its name. */
export function addMethods({ prototype }: Class, classes: readonly Class[]): void {
  for (const { prototype: part } of classes)
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(part)))
      if (name !== 'constructor')
        Object.defineProperty(prototype, name, { ...property, value: namingItself(name, property.value as Method) })
}

interface Class {
  readonly prototype: object
}
type Method = (...parameters: unknown[]) => unknown

/** As `naming`, without a closure for each call. */
const namingItself = (name: string, method: Method): Method =>
  ({
    [name](this: unknown, ...parameters: unknown[]): unknown {
      try {
        return method.apply(this, parameters)
      } catch (error) {
        throw named(name, error)
      }
    },
  })[name]!

/** What JavaScript throws where something is used as what it is not, such as null as a tensor, comes of an argument. */
function named(operation: string, error: unknown): unknown {
  if (error instanceof OperationError) return error.of(operation)
  if (!(error instanceof TypeError)) return error
  return new ArgumentError(operation, `an argument is missing or of another type: ${error.message}`, { cause: error })
}
