import type { Tensor } from '@wids/tensor'
import type { Reduction } from '@wids/tensor/graph'
import { leaveOneOut } from './leaveOneOut.ts'
import { none, type Rules } from './rule.ts'

export const reductionRules: Pick<Rules, Reduction | 'argmax' | 'cumsum' | 'argsort'> = {
  // y = Σ x: dy = Σ dx
  sum: [(g, [x]) => g.expand(x.shape)],
  // Elements equal to the maximum share its gradient evenly, as torch.amax has it.
  reduceMax: [(g, [x], y, { axes }) => shareAmong(g, x.eq(y).to(x.dtype), axes)],
  // y = Π x: ∂y/∂xᵢ = Π over j ≠ i of xⱼ, which y/xᵢ is not where xᵢ = 0
  prod: [(g, [x], _, { axes }) => g.mul(leaveOneOut(x, axes))],
  argmax: [none],
  // yᵢ = Σ xⱼ over j ≤ i: the gradient of xⱼ is Σ gᵢ over i ≥ j
  cumsum: [(g, _, __, { axis }) => g.flip(axis).cumsum(axis).flip(axis)],
  argsort: [none],
}

const shareAmong = (g: Tensor, mask: Tensor, axes: readonly number[]): Tensor => mask.mul(g.div(mask.sum(axes, true)))
