import fc from 'fast-check'
import type { IndexMap } from '../../../compiler/kernel.ts'

/** How a tensor lies: axes that `order` lists last lie closest together, with gaps between; `repeated` ones have stride 0. */
export interface Layout {
  readonly order: readonly number[]
  readonly gap: number
  readonly repeated: readonly boolean[]
  readonly offset: number
}

export interface Placed {
  readonly map: IndexMap
  /** Elements of the block. */
  readonly length: number
}

/** Layouts of a tensor of some rank, whose axes may lie in any order and of which the first `repeatable` may repeat. */
export const layouts = (rank: number, repeatable: number): fc.Arbitrary<Layout> =>
  fc.record({
    order: fc.shuffledSubarray([...Array(rank).keys()], { minLength: rank, maxLength: rank }),
    gap: fc.constantFrom(0, 0, 0, 1, 3),
    repeated: fc.array(fc.boolean(), { minLength: repeatable, maxLength: repeatable }),
    offset: fc.nat(9),
  })

export function layOut(sizes: readonly number[], { order, gap, repeated, offset }: Layout): Placed {
  const strides = sizes.map(() => 0)
  let stride = 1
  for (const axis of order.toReversed()) {
    if (repeated[axis]) continue
    strides[axis] = stride
    stride = stride * Math.max(1, sizes[axis]!) + gap
  }
  return { map: { offset, strides, bounds: [], fill: 0 }, length: offset + stride }
}

/** The position of an index in a block. */
export const positionOf = (map: IndexMap, index: readonly number[]): number =>
  map.strides.reduce((sum, stride, d) => sum + stride * index[d]!, map.offset)

/** Every index into these sizes, row-major. */
export function* indicesOf(sizes: readonly number[]): Generator<number[]> {
  if (sizes.includes(0)) return
  const index = sizes.map(() => 0)
  for (;;) {
    yield [...index]
    let d = sizes.length - 1
    while (d >= 0 && ++index[d]! === sizes[d]!) index[d--] = 0
    if (d < 0) return
  }
}

/** Cut points of the units into a few ranges, as threads would share them. */
export const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 })

/** Runs the ranges between the cuts, the last one first. */
export function runInParts(run: (begin: number, end: number) => void, units: number, at: readonly number[]): void {
  const bounds = [0, ...at.map(cut => Math.round(cut * units)).toSorted((p, q) => p - q), units]
  for (let i = bounds.length - 2; i >= 0; i--) run(bounds[i]!, bounds[i + 1]!)
}

/** Numbers in [-1, 1) that depend on the seed only. */
export function randomFloats(length: number, seed: number): Float32Array {
  let state = seed | 1
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0
    return (state >> 8) / 2 ** 23
  })
}
