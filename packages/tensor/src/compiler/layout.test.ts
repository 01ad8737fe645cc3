import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowMajorStrides, sizeOf } from '../shape.ts'
import { applyStep, contiguous, type Layout, type Step } from './layout.ts'

/** What a view does to the positions it shows; −1 marks padding. The definition that layouts are checked against. */
type Shown = { readonly shape: readonly number[]; readonly at: readonly number[] }

const indicesOf = (shape: readonly number[]): number[][] =>
  Array.from({ length: sizeOf(shape) }, (_, flat) =>
    rowMajorStrides(shape).map((stride, axis) => Math.floor(flat / stride) % shape[axis]!),
  )

/** Shows, for each index of `shape`, what `pick` names in the view below; undefined is padding. */
function show(
  below: Shown,
  shape: readonly number[],
  pick: (index: readonly number[]) => readonly number[] | undefined,
): Shown {
  const strides = rowMajorStrides(below.shape)
  const at = indicesOf(shape).map(index => {
    const from = pick(index)
    return from === undefined ? -1 : below.at[from.reduce((sum, i, axis) => sum + i * strides[axis]!, 0)]!
  })
  return { shape, at }
}

function apply(below: Shown, step: Step): Shown {
  const { shape } = below
  if (step.op === 'reshape') return { shape: step.attributes.shape, at: below.at }
  if (step.op === 'permute') {
    const { axes } = step.attributes
    return show(
      below,
      axes.map(axis => shape[axis]!),
      index => shape.map((_, axis) => index[axes.indexOf(axis)]!),
    )
  }
  if (step.op === 'expand')
    return show(below, step.attributes.shape, index => index.map((i, axis) => (shape[axis] === 1 ? 0 : i)))
  if (step.op === 'flip')
    return show(below, shape, index =>
      index.map((i, axis) => (step.attributes.axes.includes(axis) ? shape[axis]! - 1 - i : i)),
    )
  if (step.op === 'slice') {
    const { start, stop, step: by } = step.attributes
    return show(
      below,
      start.map((from, axis) => Math.max(0, Math.ceil((stop[axis]! - from) / by[axis]!))),
      index => index.map((i, axis) => start[axis]! + i * by[axis]!),
    )
  }
  if (step.op === 'pad') {
    const { before, after } = step.attributes
    return show(
      below,
      shape.map((n, axis) => n + before[axis]! + after[axis]!),
      index => {
        const from = index.map((i, axis) => i - before[axis]!)
        return from.every((i, axis) => i >= 0 && i < shape[axis]!) ? from : undefined
      },
    )
  }
  const { axis, size, stride, dilation } = step.attributes
  const count = Math.floor((shape[axis]! - (size - 1) * dilation - 1) / stride) + 1
  return show(below, [...shape.with(axis, count), size], index =>
    index.slice(0, -1).with(axis, index[axis]! * stride + index.at(-1)! * dilation),
  )
}

/** What a layout shows, by its own rule. */
function shownBy(layout: Layout): Shown {
  const at = indicesOf(layout.shape).map(index => {
    const inside = index.every(
      (i, axis) => layout.bounds[axis] === undefined || (i >= layout.bounds[axis][0] && i < layout.bounds[axis][1]),
    )
    return inside ? layout.offset + index.reduce((sum, i, axis) => sum + i * layout.strides[axis]!, 0) : -1
  })
  return { shape: layout.shape, at }
}

/** Some way to write a number as a product. */
const factorsOf = (n: number, pick: number): number[] => {
  const divisors = Array.from({ length: n }, (_, i) => i + 1).filter(d => n % d === 0)
  const first = divisors[pick % divisors.length]!
  return pick % 3 === 0 ? [n] : [first, n / first]
}

/** A step that fits a shape, made of random numbers. */
function stepFor(shape: readonly number[], kind: number, picks: readonly number[]): Step | undefined {
  const pick = (axis: number): number => picks[axis % picks.length]!
  const rank = shape.length
  const steps: (() => Step | undefined)[] = [
    () => ({
      op: 'reshape',
      attributes: {
        shape:
          pick(0) % 2 === 0 ? factorsOf(sizeOf(shape), pick(1)) : shape.flatMap((n, axis) => factorsOf(n, pick(axis))),
      },
    }),
    () => ({
      op: 'permute',
      attributes: { axes: shape.map((_, axis) => axis).toSorted((a, b) => pick(a) - pick(b) || a - b) },
    }),
    () => ({ op: 'expand', attributes: { shape: shape.map((n, axis) => (n === 1 ? 1 + (pick(axis) % 3) : n)) } }),
    () => ({ op: 'flip', attributes: { axes: shape.flatMap((_, axis) => (pick(axis) % 2 === 0 ? [axis] : [])) } }),
    () => ({
      op: 'slice',
      attributes: {
        start: shape.map((n, axis) => pick(axis) % n),
        stop: [...shape],
        step: shape.map((_, axis) => 1 + (pick(axis + 1) % 2)),
      },
    }),
    () => ({
      op: 'pad',
      attributes: {
        before: shape.map((_, axis) => pick(axis) % 2),
        after: shape.map((_, axis) => pick(axis + 1) % 2),
        value: 0,
      },
    }),
    () =>
      rank > 0 && rank < 4 && shape[pick(0) % rank]! >= 2
        ? { op: 'window', attributes: { axis: pick(0) % rank, size: 2, stride: 1 + (pick(1) % 2), dilation: 1 } }
        : undefined,
  ]
  return steps[kind % steps.length]!()
}

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 })
const moves = fc.array(fc.tuple(fc.nat(6), fc.array(fc.nat(20), { minLength: 4, maxLength: 4 })), { maxLength: 5 })

test('a layout shows the elements that its views show', () => {
  fc.assert(
    fc.property(shapes, moves, (shape, kinds) => {
      let layout: Layout = contiguous(shape)
      let shown: Shown = shownBy(layout)
      for (const [kind, picks] of kinds) {
        const step = stepFor(layout.shape, kind, picks)
        const next = step && applyStep(layout, step)
        if (step === undefined || next === undefined) continue
        layout = next
        shown = apply(shown, step)
        expect(shownBy(layout)).toEqual(shown)
      }
    }),
    { numRuns: 3000 },
  )
})

test('a contiguous layout takes any shape', () => {
  fc.assert(
    fc.property(shapes, fc.nat(20), (shape, pick) => {
      expect(
        applyStep(contiguous(shape), { op: 'reshape', attributes: { shape: factorsOf(sizeOf(shape), pick) } }),
      ).toBeDefined()
    }),
  )
})

test('a transposed layout cannot be flattened', () => {
  const transposed = applyStep(contiguous([2, 3]), { op: 'permute', attributes: { axes: [1, 0] } })!
  expect(applyStep(transposed, { op: 'reshape', attributes: { shape: [6] } })).toBeUndefined()
})
