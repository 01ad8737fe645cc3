import { ArgumentError, stack, Tensor, tensor, type TypedArray } from '@wids/tensor'

/** What items of a type become as a batch. */
export type Collated<Item> = Item extends number | boolean | Tensor | TypedArray
  ? Tensor
  : Item extends string
    ? string[]
    : Item extends readonly unknown[]
      ? { -readonly [Key in keyof Item]: Collated<Item[Key]> }
      : Item extends object
        ? { -readonly [Key in keyof Item]: Collated<Item[Key]> }
        : never

/**
 * Joins items along a new first axis: numbers become f32 [batch], booleans bool [batch], typed arrays [batch, length] of
 * their type, tensors [batch, ...]; strings become an array; tuples and objects are joined part by part. Class indices
 * are i32, for which `collate` of the loader is the place: `tensor(Int32Array.from(labels))`.
 *
 * @throws ArgumentError for items that differ in kind or length, or of another kind
 * @example
 * const [x, y] = collate([[Float32Array.of(1, 2), 0.5], [Float32Array.of(3, 4), 0.7]])   // [2, 2] and [2]
 */
export function collate<Item>(items: readonly Item[]): Collated<Item> {
  return joined(items, 'item') as Collated<Item>
}

function joined(items: readonly unknown[], path: string): unknown {
  if (every(items, isNumber) || every(items, isBoolean)) return tensor(items)
  if (every(items, isString)) return [...items]
  if (every(items, isTensor)) return stack(items)
  if (every(items, isTypedArray)) return rows(items, path)
  if (every(items, isTuple) && items.every(item => item.length === items[0]!.length))
    return items[0]!.map((_, i) =>
      joined(
        items.map(item => item[i]),
        `${path}[${i}]`,
      ),
    )
  if (every(items, isObject)) {
    const part = (key: string): unknown =>
      joined(
        items.map(item => item[key]),
        `${path}.${key}`,
      )
    return Object.fromEntries(Object.keys(items[0]!).map(key => [key, part(key)]))
  }
  throw new ArgumentError('collate', `${path} cannot be joined to a batch; give the loader a collate function`)
}

const every = <Kind>(items: readonly unknown[], is: (value: unknown) => value is Kind): items is readonly Kind[] =>
  items.length > 0 && items.every(is)

const isNumber = (value: unknown): value is number => typeof value === 'number'
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
const isString = (value: unknown): value is string => typeof value === 'string'
const isTensor = (value: unknown): value is Tensor => value instanceof Tensor
const isTuple = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const isTypedArray = (value: unknown): value is TypedArray => ArrayBuffer.isView(value) && !(value instanceof DataView)
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)

/** Typed arrays of one type and length as rows: [batch, length] */
function rows(items: readonly TypedArray[], path: string): Tensor {
  const [first] = items as readonly [TypedArray, ...TypedArray[]]
  if (items.some(item => item.length !== first.length || item.constructor !== first.constructor))
    throw new ArgumentError('collate', `${path} has arrays of several lengths or types; pad them in a collate function`)
  const make = first.constructor as new (length: number) => TypedArray
  const whole = new make(items.length * first.length)
  for (const [i, item] of items.entries()) whole.set(item as never, i * first.length)
  return tensor(whole, { shape: [items.length, first.length] })
}
