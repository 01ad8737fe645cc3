import { zeros } from '@wids/tensor'
import { none, type Rules } from './rule.ts'

export const indexingRules: Pick<Rules, 'gather' | 'scatterAdd'> = {
  // y[i] = x[index[i]]: the gradient of x[j] is Σ g[i] over index[i] = j
  gather: [(g, [x, index], _, { axis }) => zeros(x.shape, x.dtype).scatterAdd(axis, index, g), none],
  // y[j] = base[j] + Σ source[i] over index[i] = j: the gradient of source[i] is g[index[i]]
  scatterAdd: [g => g, none, (g, [, index], _, { axis }) => g.gather(axis, index)],
}
