import type { TypedArray } from '../dtype.ts'
import { Tensor } from '../tensor.ts'

/** A tensor, or numbers that become one. */
export type Leaf = Tensor | TypedArray

interface Flat {
  readonly leaves: readonly Leaf[]
  /** Equal for arguments that one trace serves: structure, shapes, dtypes and every value that is not a tensor. */
  readonly signature: string
  /** The same structure with other leaves. */
  readonly rebuild: (leaves: readonly Tensor[]) => unknown
}

const identities = new WeakMap<object, number>()
let lastIdentity = 0
function identity(object: object): number {
  let id = identities.get(object)
  if (id === undefined) identities.set(object, (id = ++lastIdentity))
  return id
}

const isTypedArray = (value: unknown): value is TypedArray => ArrayBuffer.isView(value) && !(value instanceof DataView)
const isPlain = (value: object): value is Record<string, unknown> =>
  Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null

/** Takes arrays and plain objects apart; anything else that is not a tensor stays as it is. */
export function flatten(value: unknown): Flat {
  const leaves: Leaf[] = []
  let signature = ''
  const visit = (part: unknown): ((tensors: readonly Tensor[]) => unknown) => {
    if (part instanceof Tensor || isTypedArray(part)) {
      const at = leaves.push(part) - 1
      signature +=
        part instanceof Tensor
          ? `${part.dtype}[${part.shape.join()}]@${part.device?.name ?? ''};`
          : `${part.constructor.name}(${part.length});`
      return tensors => tensors[at]
    }
    if (Array.isArray(part)) {
      signature += '['
      const parts = part.map(visit)
      signature += ']'
      return tensors => parts.map(p => p(tensors))
    }
    if (typeof part === 'object' && part !== null && isPlain(part)) {
      signature += '{'
      const parts = Object.keys(part).map(key => {
        signature += `${JSON.stringify(key)}:`
        return [key, visit(part[key])] as const
      })
      signature += '}'
      return tensors => Object.fromEntries(parts.map(([key, p]) => [key, p(tensors)]))
    }
    signature +=
      (typeof part === 'object' && part !== null) || typeof part === 'function'
        ? `#${identity(part)};`
        : `${typeof part} ${JSON.stringify(`${part as string}`)};`
    return () => part
  }
  const rebuild = visit(value)
  return { leaves, signature, rebuild }
}
