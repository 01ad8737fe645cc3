import { ArgumentError, OperationError, printed } from './errors.ts'

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
        throw error instanceof TypeError ? ofArguments(name, method, parameters, error) : named(name, error)
      }
    },
  })[name]!

const named = (operation: string, error: unknown): unknown =>
  error instanceof OperationError ? error.of(operation) : error

/**
 * What JavaScript throws where nothing is used as something, such as null as a tensor, comes of an argument if one is
 * missing; otherwise the mistake is ours, and stays visible as such.
 */
function ofArguments(
  operation: string,
  method: Method,
  parameters: readonly unknown[],
  error: TypeError,
): TypeError | ArgumentError {
  const wrong = parameters.length < method.length ? parameters.length : parameters.findIndex(lacksSomething)
  if (wrong === -1) return error
  return new ArgumentError(
    operation,
    `argument ${wrong + 1} is missing or holds null or undefined, got ${printed(parameters[wrong])}`,
    { cause: error },
  )
}

const lacksSomething = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.some(lacksSomething))
