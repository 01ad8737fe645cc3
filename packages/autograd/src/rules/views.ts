import type { Tensor } from '@wids/tensor'
import type { Attributes, View } from '@wids/tensor/graph'
import type { Rules } from './rule.ts'

/** A view's gradient puts each element back where it came from; elements that were seen several times add up. */
export const viewRules: Pick<Rules, View> = {
  reshape: [(g, [x]) => g.reshape(x.shape)],
  permute: [(g, _, __, { axes }) => g.permute(axes.map((_, axis) => axes.indexOf(axis)))],
  expand: [(g, [x]) => g.sum(repeatedAxes(x, g), true)],
  pad: [(g, [x], _, { before }) => g.at(...before.map((from, axis) => [from, from + x.shape[axis]!] as const))],
  slice: [(g, [x], _, attributes) => unslice(g, x, attributes)],
  flip: [(g, _, __, { axes }) => g.flip(axes)],
  window: [(g, [x], _, attributes) => unwindow(g, x, attributes)],
}

const repeatedAxes = (x: Tensor, g: Tensor): number[] =>
  x.shape.flatMap((n, axis) => (n !== g.shape[axis] ? [axis] : []))

/** Back in place, with zeros where the slice did not look. */
function unslice(g: Tensor, x: Tensor, { start, step }: Attributes['slice']): Tensor {
  const spread = step.reduce((t, by, axis) => spreadOut(t, axis, by), g)
  return spread.pad(x.shape.map((n, axis) => [start[axis]!, n - start[axis]! - spread.shape[axis]!] as const))
}

/** Positions of an axis moved `by` apart, with zeros between: [n] → [n, 1] → [n, by] → [n·by], without the last zeros. */
function spreadOut(x: Tensor, axis: number, by: number): Tensor {
  const n = x.shape[axis]!
  if (by === 1 || n === 0) return x
  const apart = x.unsqueeze(axis + 1).pad([[0, by - 1], ...x.shape.slice(axis + 1).map(() => [0, 0] as const)])
  return apart.reshape(x.shape.with(axis, n * by)).narrow(axis, 0, (n - 1) * by + 1)
}

/**
 * y[i, k] = x[i·stride + k·dilation]: the gradient of x sums g over all (i, k) that saw the element. Row k of g moves
 * up by k·dilation: rows of width w + dilation, read again in rows of width w, are each `dilation` further on.
 */
function unwindow(g: Tensor, x: Tensor, { axis, size, stride, dilation }: Attributes['window']): Tensor {
  const others = x.shape.flatMap((_, at) => (at === axis ? [] : [at]))
  const kept = others.map(at => x.shape[at]!)
  const rows = spreadOut(g.permute([...others, x.rank, axis]), x.rank, stride) // [kept…, size, windows]
  const width = rows.shape.at(-1)! + (size - 1) * dilation
  const moved = rows
    .pad([[0, width + dilation - rows.shape.at(-1)!]])
    .reshape([...kept, size * (width + dilation)])
    .narrow(-1, 0, size * width)
    .reshape([...kept, size, width])
  const sums = moved.sum(-2).pad([[0, x.shape[axis]! - width]]) // [kept…, n]
  return sums.permute(x.shape.map((_, at) => (at === axis ? kept.length : others.indexOf(at))))
}
