import { arange, where, zeros } from '@wids/tensor'
import { none, type Rules } from './rule.ts'

export const indexingRules: Pick<Rules, 'concat' | 'gather' | 'scatterAdd' | 'sliceScatter'> = {
  // Each part has the gradient of its place.
  concat: [
    (g, parts, _, { axis }, i) => {
      const start = parts.slice(0, i).reduce((sum, part) => sum + part.shape[axis]!, 0)
      return g.narrow(axis, start, parts[i]!.shape[axis]!)
    },
  ],
  // y[i] = x[index[i]]: the gradient of x[j] is Σ g[i] over index[i] = j
  gather: [(g, [x, index], _, { axis }) => zeros(x.shape, x.dtype).scatterAdd(axis, index, g), none],
  // y[j] = base[j] + Σ source[i] over index[i] = j: the gradient of source[i] is g[index[i]]
  scatterAdd: [g => g, none, (g, [, index], _, { axis }) => g.gather(axis, index)],
  // y[j] = source[j − start] where there is one, else base[j]
  sliceScatter: [
    (g, [, source, start], _, { axis }) => g.sliceScatter(zeros(source.shape, g.dtype), axis, start),
    (g, [, source, start], _, { axis }) => {
      const [n, count] = [g.shape[axis]!, source.shape[axis]!]
      if (n === 0) return zeros(source.shape, g.dtype)
      const at = arange(count).add(start) // [count]
      const inside = at
        .ge(0)
        .and(at.lt(n))
        .reshape(source.shape.map((_size, i) => (i === axis ? count : 1)))
      return where(inside, g.indexSelect(axis, at.clamp(0, n - 1)), 0)
    },
    none,
  ],
}
