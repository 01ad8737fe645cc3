import { dtypes } from '../dtype.ts'
import { DTypeError } from '../errors.ts'
import type { LinearNode } from '../graph/linear.ts'
import type { Analysis } from './anchors.ts'
import { gatherLayout, isDirect, roleOf, storedLayout } from './anchors.ts'
import type { IndexMap, Operand, Store, Value, ValueType } from './kernel.ts'
import { contiguous, type Layout } from './layout.ts'
import { follow, type Path } from './path.ts'

/** A buffer that a kernel touches: the stored value of a node, read, or a destination of one, written. */
export type Touch = { readonly read: number } | { readonly write: number; readonly copy: number }

/** Collects the values, operands and stores of one kernel; equal values are one. */
export interface Builder {
  readonly values: Value[]
  readonly operands: Operand[]
  readonly touches: Touch[]
  /** The value of a node at each point of the loops, seen through a path. */
  evaluate(position: number, path: Path | undefined): number
  /** What a member of this kernel is, instead of its expression. */
  define(position: number, value: Value): number
  /** Remembers the value that a member was evaluated to. */
  equate(position: number, value: number): void
  typeOf(node: LinearNode): ValueType
  /** The operand that reads a node's stored value. */
  reading(position: number): number
  /** A store of a value to the n-th destination of a node. */
  storing(position: number, copy: number, value: number, layout: Layout, perRow: boolean): Store
}

const valueType = (node: LinearNode): ValueType => {
  const type = dtypes[node.dtype].compute
  if (type === 'f64')
    throw new DTypeError('realize', "the device computes no f64; choose f32, or the device 'reference', which does")
  return type
}

export const mapOf = ({ offset, strides, bounds, fill, shape }: Layout): IndexMap => ({
  offset,
  strides: strides.map((stride, i) => (shape[i] === 1 ? 0 : stride)),
  bounds: bounds.flatMap((bound, loop) => (bound === undefined ? [] : [{ loop, start: bound[0], stop: bound[1] }])),
  fill: fill ?? 0,
})

/** `members` are the anchors that this kernel computes; each is seen from the loops through its root path. */
export function createBuilder(
  analysis: Analysis,
  members: ReadonlyMap<number, Path | undefined>,
  top: (position: number) => boolean,
): Builder {
  const { graph, paths, isAnchor, isStored } = analysis
  const [values, operands, touches]: [Value[], Operand[], Touch[]] = [[], [], []]
  const numbers = new Map<string, number>()
  const memo = new Map<number, Map<Path | undefined, number>>()
  const defined = new Map<number, number>()

  const number = (value: Value): number => {
    const key = JSON.stringify(value, (_, part: unknown) =>
      typeof part === 'number' && !Number.isFinite(part) ? String(part) : Object.is(part, -0) ? '-0' : part,
    )
    let at = numbers.get(key)
    if (at === undefined) numbers.set(key, (at = values.push(value) - 1))
    return at
  }
  const operand = (touch: Touch, dtype: Operand['dtype']): number => {
    const same = touches.findIndex(t =>
      'read' in t
        ? 'read' in touch && t.read === touch.read
        : 'write' in touch && t.write === touch.write && t.copy === touch.copy,
    )
    if (same >= 0) return same
    operands.push({ dtype, written: 'write' in touch })
    return touches.push(touch) - 1
  }
  const reading = (position: number): number => operand({ read: position }, graph.nodes[position]!.dtype)
  const seen = (layout: Layout, path: Path | undefined): Layout => {
    const result = follow(layout, path)
    if ('fails' in result) throw new Error('a value is not expressible in the loops of its kernel')
    return result.layout
  }

  /** Whether a path leads from an anchor of this kernel to the loops element by element, as its own root path does. */
  const isOwn = (position: number, path: Path | undefined): boolean => {
    if (!members.has(position)) return false
    const source = contiguous(graph.nodes[position]!.shape)
    return sameLayout(seen(source, path), seen(source, members.get(position)))
  }

  const evaluate = (position: number, path: Path | undefined): number => {
    const known = memo.get(position) ?? new Map<Path | undefined, number>()
    memo.set(position, known)
    let value = known.get(path)
    if (value === undefined) known.set(path, (value = compute(position, path)))
    return value
  }
  const compute = (position: number, path: Path | undefined): number => {
    const node = graph.nodes[position]!
    const own = isOwn(position, path)
    if (own && defined.has(position)) return defined.get(position)!
    if (!own && isStored(position))
      return number({
        op: 'load',
        type: valueType(node),
        operand: reading(position),
        map: mapOf(seen(contiguous(node.shape), path)),
      })
    if (own && !top(position)) throw new Error(`node ${position} is used before it is computed`)
    return express(node, position, path)
  }
  const express = (node: LinearNode, position: number, path: Path | undefined): number => {
    const type = valueType(node)
    if (roleOf(node.op) === 'view') return viewed(node, position, path)
    if (node.op === 'constant')
      return number({ op: 'constant', type, value: (node as LinearNode<'constant'>).attributes.value })
    if (node.op === 'iota') return number({ op: 'index', type, map: mapOf(seen(contiguous(node.shape), path)) })
    if (node.op === 'randomBits')
      return number({
        op: 'randomBits',
        type,
        operand: reading(storedLayout(graph, paths, isAnchor, node.inputs[0]!).position),
        map: mapOf(seen(contiguous(node.shape), path)),
      })
    if (node.op === 'gather') return gathered(node as LinearNode<'gather'>, type, path)
    const inputs = node.inputs.map(input => evaluate(input, path))
    if (node.op === 'detach') return inputs[0]!
    const saturates = node.op === 'cast' && node.dtype === 'i8' && values[inputs[0]!]!.type === 'f32'
    return quantized(node, saturates ? saturated(inputs[0]!) : number({ op: node.op, type, inputs } as Value))
  }
  /** Arithmetic of a storage dtype rounds after each operation, as if the result had been stored. */
  const quantized = (node: LinearNode, value: number): number =>
    node.dtype === 'f16' || node.dtype === 'bf16' || node.dtype === 'i8'
      ? number({ op: 'quantize', type: valueType(node), dtype: node.dtype, inputs: [value] })
      : value

  /** Real numbers beyond the range of i8 become its ends. */
  const saturated = (input: number): number => {
    const limit = (value: number): number => number({ op: 'constant', type: 'i32', value })
    const whole = number({ op: 'cast', type: 'i32', inputs: [input] })
    const above = number({ op: 'max', type: 'i32', inputs: [whole, limit(-128)] })
    return number({ op: 'min', type: 'i32', inputs: [above, limit(127)] })
  }
  const gathered = (node: LinearNode<'gather'>, type: ValueType, path: Path | undefined): number => {
    const { layout, position } = storedLayout(graph, paths, isAnchor, node.inputs[0]!)
    const { axis } = node.attributes
    return number({
      op: 'gather',
      type,
      operand: reading(position),
      map: mapOf(seen(gatherLayout(node, layout), path)),
      index: evaluate(node.inputs[1]!, path),
      stride: layout.strides[axis]!,
      size: layout.shape[axis]!,
    })
  }
  /** A view is a longer path; a pad above arithmetic also chooses between the result and its fill. */
  const viewed = (node: LinearNode, position: number, path: Path | undefined): number => {
    const masked = node.op === 'pad' && !isDirect(graph, isAnchor, node.inputs[0]!)
    const inner = evaluate(node.inputs[0]!, paths.through(path, position, masked))
    if (!masked) return inner
    const type = valueType(node)
    const ones = seen(
      { ...contiguous(graph.nodes[node.inputs[0]!]!.shape), fill: 0 },
      paths.through(path, position, true),
    )
    const inside = number({
      op: 'index',
      type: 'i32',
      map: { ...mapOf(ones), offset: 1, strides: ones.shape.map(() => 0), fill: 0 },
    })
    const condition = number({ op: 'cast', type: 'bool', inputs: [inside] })
    const fill = number({ op: 'constant', type, value: (node as LinearNode<'pad'>).attributes.value })
    return number({ op: 'where', type, inputs: [condition, inner, fill] })
  }
  return {
    values,
    operands,
    touches,
    evaluate,
    reading,
    typeOf: valueType,
    equate: (position, value) => void defined.set(position, value),
    define: (position, value) => {
      const at = quantized(graph.nodes[position]!, number(value))
      defined.set(position, at)
      return at
    },
    storing: (position, copy, value, layout, perRow) => ({
      operand: operand({ write: position, copy }, graph.nodes[position]!.dtype),
      value,
      map: mapOf(layout),
      perRow,
    }),
  }
}

const sameLayout = (a: Layout, b: Layout): boolean =>
  a.offset === b.offset &&
  a.shape.every(
    (n, i) => n === 1 || (a.strides[i] === b.strides[i] && (a.bounds[i] === undefined) === (b.bounds[i] === undefined)),
  )
