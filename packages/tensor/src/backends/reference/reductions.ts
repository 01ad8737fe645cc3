import type { LinearNode } from '../../graph/linear.ts'
import type { Reduction } from '../../graph/primitives.ts'
import { rowMajorStrides, sizeOf } from '../../shape.ts'
import { lowest } from './casts.ts'
import { eachLine } from './lines.ts'
import { positions } from './positions.ts'
import { multiply } from './rounding.ts'
import type { Rules, Value } from './value.ts'

/** Combines each element of the input, in order, into the output element that it belongs to. */
function reduce(
  node: LinearNode<Reduction>,
  x: Value,
  empty: number,
  combine: (sum: number, element: number) => number,
): Float64Array {
  const strides = rowMajorStrides(node.shape).map((stride, axis) => (node.attributes.axes.includes(axis) ? 0 : stride))
  const target = positions(x.shape, strides)
  const out = new Float64Array(sizeOf(node.shape)).fill(empty)
  x.numbers.forEach((element, i) => {
    out[target[i]!] = combine(out[target[i]!]!, element)
  })
  return out
}

export const reductionRules: Rules<Reduction | 'argmax' | 'cumsum'> = {
  sum: (node, x) => reduce(node, x, 0, (sum, element) => sum + element),
  reduceMax: (node, x) => reduce(node, x, lowest(node.dtype), Math.max),
  prod: (node, x) => reduce(node, x, 1, multiply[node.dtype]),
  argmax({ attributes, shape }, x) {
    const out = new Float64Array(sizeOf(shape))
    eachLine(x.shape, attributes.axis, (at, line) => {
      let best = 0
      for (let i = 1; i < at.length; i++) if (exceeds(x.numbers[at[i]!]!, x.numbers[at[best]!]!)) best = i
      out[line] = best
    })
    return out
  },
  cumsum({ attributes }, x) {
    const out = new Float64Array(x.numbers.length)
    eachLine(x.shape, attributes.axis, at => {
      let sum = 0
      for (const position of at) out[position] = sum += x.numbers[position]!
    })
    return out
  },
}

/** Whether a later element takes the place of the best so far, which the first NaN keeps. */
const exceeds = (later: number, best: number): boolean => later > best || (Number.isNaN(later) && !Number.isNaN(best))
