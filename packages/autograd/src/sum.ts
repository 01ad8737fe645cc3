import { concat, type Tensor, zeros } from '@wids/tensor'
import { is, type Node } from '@wids/tensor/graph'

/** A gradient that is 0 but from start to stop of one axis. */
interface Stretch {
  readonly axis: number
  readonly start: number
  readonly stop: number
  readonly value: Tensor
  /** The whole gradient. */
  readonly part: Tensor
}

/** Fewer are added, as one expression with what else is computed of them. */
const fewest = 3

/**
 * The sum of the parts of a gradient. What is left of n slices along an axis is put together, which takes time in
 * proportion to the tensor; to add n parts as large as the tensor would take n times that.
 */
export function sumOf(parts: readonly Tensor[], borrow: (node: Node) => Tensor): Tensor {
  const rest: Tensor[] = []
  const byAxis = new Map<number, Stretch[]>()
  for (const part of parts) {
    const stretch = parts.length < fewest ? undefined : stretchOf(part, borrow)
    if (stretch === undefined) rest.push(part)
    else if (byAxis.get(stretch.axis)?.push(stretch) === undefined) byAxis.set(stretch.axis, [stretch])
  }
  const joined = [...byAxis.values()].flatMap(stretches => joinAll(parts[0]!, stretches))
  return [...joined, ...rest].reduce((sum, part) => sum.add(part))
}

function stretchOf(part: Tensor, borrow: (node: Node) => Tensor): Stretch | undefined {
  const { node } = part
  if (!is(node, 'pad') || node.attributes.value !== 0) return undefined
  const { before, after } = node.attributes
  const padded = before.flatMap((n, axis) => (n + after[axis]! > 0 ? [axis] : []))
  const [axis] = padded
  if (axis === undefined || padded.length > 1) return undefined
  const value = borrow(node.inputs[0]!)
  return { axis, start: before[axis]!, stop: before[axis]! + value.shape[axis]!, value, part }
}

/** Tensors of the shape of `like` whose sum is that of stretches, which lie one after the other in each. */
function joinAll(like: Tensor, stretches: readonly Stretch[]): Tensor[] {
  const rows: Stretch[][] = []
  for (const stretch of stretches.toSorted((a, b) => a.start - b.start)) {
    const row = rows.find(others => others.at(-1)!.stop <= stretch.start)
    if (row === undefined) rows.push([stretch])
    else row.push(stretch)
  }
  return rows.flatMap(row => {
    if (row.length < fewest) return row.map(({ part }) => part)
    const { axis } = row[0]!
    const gap = (from: number, to: number): Tensor[] =>
      to > from ? [zeros(like.shape.with(axis, to - from), like.dtype)] : []
    const pieces = row.flatMap(({ start, value }, i) => [...gap(row[i - 1]?.stop ?? 0, start), value])
    return concat([...pieces, ...gap(row.at(-1)!.stop, like.shape[axis]!)], axis)
  })
}
