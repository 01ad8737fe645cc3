import type { Tensor } from '@wids/tensor'

/**
 * The group of parameters that weight decay leaves alone, as GPTs do it: biases and the weights of norms, which are
 * vectors. To be given as `groups` of an optimizer.
 *
 * @returns those of fewer than two axes, with weight decay 0
 * @example
 * const parameters = model.parameters()
 * new AdamW(parameters, { weightDecay: 0.1, groups: [withoutDecay(parameters)] })
 */
export const withoutDecay = (
  parameters: readonly Tensor[],
): { readonly parameters: readonly Tensor[]; readonly weightDecay: 0 } => ({
  parameters: parameters.filter(parameter => parameter.rank < 2),
  weightDecay: 0,
})
