import fc from 'fast-check'
import { roundTo } from '../src/backends/reference/rounding.ts'
import { type DType, isFloat } from '../src/dtype.ts'
import * as build from '../src/graph/build.ts'
import { type Node, topological } from '../src/graph/node.ts'
import { type Shape, show, sizeOf } from '../src/shape.ts'
import { type Bounded, bound, exactly } from './errorBounds.ts'
import { apply, dtypes, from, shapes } from './randomSteps.ts'

/** A graph with the reference value of each node. */
export interface RandomGraph {
  readonly outputs: readonly Node[]
  readonly known: ReadonlyMap<Node, Bounded>
}

const special: readonly number[] = [
  NaN,
  Infinity,
  -Infinity,
  -0,
  1e30,
  -1e30,
  1e-30,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 32 - 1,
]

// Without bias: the smallest numbers are no more special than others.
const natural = fc.noBias(fc.nat({ max: 2 ** 16 }))
const leafOf = fc.record({ shape: natural, dtype: natural, seed: natural, specials: fc.nat({ max: 3 }) })
const stepOf = fc.record({ kind: natural, which: natural, a: natural, b: natural, c: natural })

/** Small multiples of 1/8, of which sums and products are exact; a few special ones if asked for. */
function numbersOf(size: number, dtype: DType, seed: number, specials: number): Float64Array {
  let state = seed + 1
  return Float64Array.from({ length: size }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    const draw = state >>> 8
    const plain = ((draw % 65) - 32) / (isFloat(dtype) ? 8 : 1)
    return roundTo[dtype](specials === 3 && draw % 7 === 0 ? from(special, draw >>> 4) : plain)
  })
}

class Builder {
  readonly known = new Map<Node, Bounded>()
  readonly nodes: Node[] = []

  leaf(shape: Shape, dtype: DType, seed: number, specials: number): void {
    const node = build.makeNode('buffer', [], {}, shape, dtype)
    this.known.set(node, exactly({ shape, dtype, numbers: numbersOf(sizeOf(shape), dtype, seed, specials) }))
    this.nodes.push(node)
  }

  /** Keeps a node, and what was built on the way to it, if backends must agree on its value. */
  keep(node: Node): void {
    if (this.know(node) === undefined || this.nodes.includes(node)) return
    if (sizeOf(node.shape) > 3000 || node.shape.length > 6) return
    this.nodes.push(node)
  }

  know(node: Node): Bounded | undefined {
    const found = this.known.get(node)
    if (found !== undefined) return found
    const inputs = node.inputs.map(input => this.know(input))
    if (inputs.includes(undefined)) return undefined
    const value = bound({ ...node, inputs: [] }, inputs as Bounded[])
    if (value !== undefined) this.known.set(node, value)
    return value
  }

  readonly pick = (number: number, accept: (node: Node) => boolean = () => true): Node | undefined => {
    const list = this.nodes.filter(accept)
    return list.length === 0 ? undefined : list[list.length - 1 - (number % list.length)]
  }
}

/** The nodes that outputs need, a line each, as counterexamples are shown. */
function listing({ outputs, known }: RandomGraph): string {
  const nodes = topological(outputs)
  const lines = nodes.map((node, i) => {
    const inputs = node.inputs.map(input => nodes.indexOf(input)).join(', ')
    const { numbers } = known.get(node)!
    const detail = node.op === 'buffer' ? String(numbers.slice(0, 12)) : JSON.stringify(node.attributes)
    return `${i}: ${node.op}(${inputs}) ${node.dtype}${show(node.shape)} ${detail}`
  })
  return ['', ...lines, `outputs ${outputs.map(node => nodes.indexOf(node)).join(', ')}`].join('\n')
}

/** Random graphs of primitives in which backends must agree within known errors. */
export const randomGraph: fc.Arbitrary<RandomGraph> = fc
  .record({
    leaves: fc.array(leafOf, { minLength: 1, maxLength: 3 }),
    steps: fc.array(stepOf, { minLength: 1, maxLength: 14 }),
    outputs: fc.array(natural, { maxLength: 2 }),
  })
  .map(({ leaves, steps, outputs }) => {
    const builder = new Builder()
    for (const { shape, dtype, seed, specials } of leaves)
      builder.leaf(from(shapes, shape), from(dtypes, dtype), seed, specials)
    for (const step of steps) builder.keep(apply(step, builder.pick))
    const graph = { outputs: [0, ...outputs].map(number => builder.pick(number)!), known: builder.known }
    return Object.assign(graph, { [fc.toStringMethod]: () => listing(graph) })
  })
