import type { Node } from './node.ts'
import type { Primitive } from './primitives.ts'

/** One character a number: small integers as they are, others behind `escape` as the four words of their double. */
const escape = 0xffff
let characters = new Uint16Array(1 << 14)
let length = 0

const double = new Float64Array(1)
const words = new Uint16Array(double.buffer)

function put(value: number): void {
  if (length + 5 > characters.length) {
    const longer = new Uint16Array(characters.length * 2)
    longer.set(characters)
    characters = longer
  }
  if (value >= 0 && value < escape && Number.isInteger(value) && !Object.is(value, -0)) {
    characters[length++] = value
    return
  }
  double[0] = value
  characters[length++] = escape
  for (let i = 0; i < 4; i++) characters[length++] = words[i]!
}

const names = new Map<string, number>()
function numberOf(name: string): number {
  let number = names.get(name)
  if (number === undefined) names.set(name, (number = names.size))
  return number
}

/** The attributes that each primitive has, in one order. */
const attributesOf = new Map<Primitive, readonly string[]>()

function putList(list: readonly number[]): void {
  put(list.length)
  for (const item of list) put(item)
}

function putAttribute(value: unknown): void {
  if (typeof value === 'number') put(value)
  else if (typeof value === 'string') put(numberOf(value))
  else if (Array.isArray(value)) putList(value as number[])
  else put(Number(value))
}

/** A typed array serves as a list of arguments. */
const part = (from: number, to: number): number[] => characters.subarray(from, to) as unknown as number[]

/** Calls of `String.fromCharCode` with more arguments than this may be refused. */
const mostArguments = 8192

/**
 * A text that is equal only for lists of nodes that compute the same: each after its inputs, whose places in the list are
 * their `position`s; and for equal numbers given along. What a source holds does not count, only its shape and dtype.
 */
export function keyOf(
  nodes: readonly Node[],
  isSource: (node: Node) => boolean,
  along: readonly (readonly number[])[],
): string {
  length = 0
  for (const node of nodes) {
    if (isSource(node)) {
      put(numberOf('buffer'))
      put(numberOf(node.dtype))
      putList(node.shape)
      continue
    }
    put(numberOf(node.op))
    put(node.inputs.length)
    for (const input of node.inputs) put(input.position)
    if (node.inputs.length === 0) put(numberOf(node.dtype))
    let attributes = attributesOf.get(node.op)
    if (attributes === undefined) attributesOf.set(node.op, (attributes = Object.keys(node.attributes)))
    for (const name of attributes) putAttribute((node.attributes as Record<string, unknown>)[name])
  }
  for (const numbers of along) putList(numbers)
  let key = ''
  for (let from = 0; from < length; from += mostArguments)
    key += String.fromCharCode.apply(null, part(from, Math.min(length, from + mostArguments)))
  return key
}
