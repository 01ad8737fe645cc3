import { isView } from '../graph/primitives.ts'
import type { Graph } from '../graph/linear.ts'
import { rowMajorStrides, type Shape, sizeOf } from '../shape.ts'
import { applyStep, type Layout, type Step } from './layout.ts'

/**
 * The views between a value and the loops that use it, innermost first. Paths are interned: the same steps are the same
 * object, so that they can be keys.
 */
export interface Path {
  readonly step: Step
  readonly outer: Path | undefined
  /** The node that the step is applied to; −1 for steps that the compiler adds. */
  readonly below: number
}

export interface Paths {
  /** The path with one more step on the inside. */
  extend(path: Path | undefined, step: Step, below: number): Path
  /** The path with view `position` on the inside. A pad below other arithmetic is masked outside, so its value is free. */
  through(path: Path | undefined, position: number, masked: boolean): Path
}

export function createPaths(graph: Graph): Paths {
  const roots = new Map<string, Path>()
  const children = new WeakMap<Path, Map<string, Path>>()
  const extend = (outer: Path | undefined, step: Step, below: number): Path => {
    let known = roots
    if (outer !== undefined) {
      known = children.get(outer) ?? new Map<string, Path>()
      children.set(outer, known)
    }
    const key =
      below >= 0
        ? `${below}${step.op === 'pad' && step.attributes.value === undefined ? 'm' : ''}:${step.op}`
        : JSON.stringify(step)
    const path = known.get(key) ?? { step, outer, below }
    known.set(key, path)
    return path
  }
  return {
    extend,
    through: (path, position, masked) => {
      const node = graph.nodes[position]!
      if (!isView(node.op)) throw new Error(`${node.op} is not a view`)
      const step = { op: node.op, attributes: node.attributes } as Step
      return extend(
        path,
        masked && step.op === 'pad' ? { op: 'pad', attributes: { ...step.attributes, value: undefined } } : step,
        position,
      )
    },
  }
}

/** A layout seen through a path, or the innermost step that cannot be expressed. */
export function follow(source: Layout, path: Path | undefined): { readonly layout: Layout } | { readonly fails: Path } {
  let layout = source
  for (let at = path; at !== undefined; at = at.outer) {
    const next = applyStep(layout, at.step)
    if (next === undefined) return { fails: at }
    layout = next
  }
  return { layout }
}

export const isBounded = (layout: Layout): boolean => layout.bounds.some(bound => bound !== undefined)

/** Whether a layout runs over all elements of a row-major tensor in order. */
export function isIdentity(layout: Layout, size: number): boolean {
  if (sizeOf(layout.shape) !== size || layout.offset !== 0 || isBounded(layout)) return false
  const strides = rowMajorStrides(layout.shape)
  return layout.shape.every((n, i) => n === 1 || layout.strides[i] === strides[i])
}

/** Whether a layout gives element i to all of the i-th run of `inner` positions. */
export function isRowwise(layout: Layout, inner: number): boolean {
  if (layout.offset !== 0 || isBounded(layout)) return false
  const strides = rowMajorStrides(layout.shape)
  return layout.shape.every(
    (n, i) =>
      n === 1 ||
      (strides[i]! >= inner
        ? strides[i]! % inner === 0 && layout.strides[i] === strides[i]! / inner
        : strides[i]! * n <= inner && layout.strides[i] === 0),
  )
}

/** The products of the last sizes of a shape: where loops over it may be cut. */
export const cutsOf = (shape: Shape): number[] => [...rowMajorStrides(shape), sizeOf(shape)]

/** Sizes of the finest loops that all cuts allow, outermost first; undefined if the cuts do not divide each other. */
export function loopsOf(cuts: ReadonlySet<number>): number[] | undefined {
  const sorted = [...cuts].filter(cut => cut > 0).toSorted((a, b) => b - a)
  const sizes: number[] = []
  for (let i = 0; i + 1 < sorted.length; i++) {
    if (sorted[i]! % sorted[i + 1]! !== 0) return undefined
    sizes.push(sorted[i]! / sorted[i + 1]!)
  }
  return sizes
}
