import { ArgumentError, OperationError } from './errors.ts'

/**
 * Runs an operation; an error from within names it, not what it is made of: `stack([])` says 'stack', never 'concat'.
 * Where one operation is made of another, the outer one, which the user called, gives the name.
 */
export function naming<Result>(operation: string, body: () => Result): Result {
  try {
    return body()
  } catch (error) {
    throw named(operation, error)
  }
}

/** Has each method that a class adds to `base` run as an operation of the method's name. */
export function nameMethods({ prototype }: { readonly prototype: object }, base: { readonly prototype: object }): void {
  for (let part = prototype; part !== base.prototype; part = Object.getPrototypeOf(part) as object)
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(part)))
      if (name !== 'constructor' && typeof property.value === 'function')
        Object.defineProperty(part, name, { ...property, value: namingItself(name, property.value as Method) })
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
