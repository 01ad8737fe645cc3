import { ArgumentError, concat, type Tensor } from '@wids/tensor'

/** What stands around an input: zeros, its mirror image without the edge, its edge, or its other end. */
export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular'

/** What stands before and after one axis, of so many places. */
type Sides = (x: Tensor, axis: number, before: number, after: number) => readonly [Tensor, Tensor]

const sides: Readonly<
  Record<Exclude<PaddingMode, 'zeros'>, { readonly most: (size: number) => number; readonly of: Sides }>
> = {
  // d c b | a b c d | c b a
  reflect: {
    most: size => size - 1,
    of: (x, axis, before, after) => [
      x.narrow(axis, 1, before).flip(axis),
      x.narrow(axis, x.shape[axis]! - 1 - after, after).flip(axis),
    ],
  },
  // a a a | a b c d | d d d
  replicate: {
    most: size => (size === 0 ? 0 : Infinity),
    of: (x, axis, before, after) => [
      x.narrow(axis, 0, 1).expand(x.shape.with(axis, before)),
      x.narrow(axis, x.shape[axis]! - 1, 1).expand(x.shape.with(axis, after)),
    ],
  },
  // b c d | a b c d | a b c
  circular: {
    most: size => size,
    of: (x, axis, before, after) => [x.narrow(axis, x.shape[axis]! - before, before), x.narrow(axis, 0, after)],
  },
}

/**
 * Puts something around the last axes, one after another (`torch.nn.functional.pad`).
 *
 * @param padding places before and after each of the last axes
 * @throws ArgumentError where an axis is too short for what is to be taken from it
 */
export function padAround(x: Tensor, padding: readonly (readonly [number, number])[], mode: PaddingMode): Tensor {
  if (mode === 'zeros') return padding.every(([before, after]) => before + after === 0) ? x : x.pad(padding)
  return padding.reduce((t, [before, after], i) => {
    const axis = t.rank - padding.length + i
    if (before + after === 0) return t
    if (Math.max(before, after) > sides[mode].most(t.shape[axis]!))
      throw new ArgumentError('convolve', `padding [${before}, ${after}] is too much for '${mode}' of ${t.shape[axis]}`)
    const [first, last] = sides[mode].of(t, axis, before, after)
    return concat([first, t, last], axis)
  }, x)
}
